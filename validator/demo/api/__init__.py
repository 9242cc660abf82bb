"""A local Connectif API that implements the documented behaviour and no other.

Written from https://api-docs.connectif.cloud/connectif-api, independently of the client.
"""
