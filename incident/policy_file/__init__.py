"""The policy and its rotations as a YAML file: read with every fault in its place, and written.

No database is asked here, and nothing is kept.
"""
