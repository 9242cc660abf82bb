"""A local Connectif API: what its documentation says, and nothing that it does not.

Written from https://api-docs.connectif.cloud/connectif-api, apart from the client that asks it.
"""
