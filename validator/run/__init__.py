"""Running scenarios and checking pages: options, policy, retries, the order ledger, the runner.

Nothing here prints or parses arguments: that is the command line's.
"""
