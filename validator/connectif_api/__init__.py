"""A typed client of the documented Connectif API: https://api-docs.connectif.cloud/connectif-api.

``client`` asks, ``model`` holds what is sent and recorded, ``errors`` what the API refuses and
what to do about it, ``settings`` the key and what is not documented and so can be set.
"""
