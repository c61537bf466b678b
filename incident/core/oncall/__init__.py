"""Who is on call: rotations, their layers and overrides, and the holes in them.

Everything here is a function of a schedule and an instant. Nobody is paged from here.
"""
