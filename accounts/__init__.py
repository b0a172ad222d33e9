"""People, what each may do where, how they come in, and who did what. The one rights check is `accounts.access`."""
