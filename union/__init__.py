"""The shared union catalogue: which records describe the same edition, why, and the one record made of them."""
