"""Puts purchases that Connectif has not recorded back, through its API.

``rows`` reads the file, ``orders`` says which of it can be sent, ``journal`` keeps what was done,
``sending`` does it.
"""
