"""Rules on the Connectif script: is it installed, may it send, and what did it send?"""
