"""A typed client of the documented Connectif API: https://api-docs.connectif.cloud/connectif-api.

``client`` has the endpoints, ``purchases`` the types, ``errors`` the refusals with their remedies,
``api_settings`` the key and the limits that Connectif does not document.
"""
