"""The ways out of the server: e-mail, a signed webhook. Each sends one parcel at a time.

When, how often and in which order things are sent is the courier's business.
"""
