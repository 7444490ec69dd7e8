"""Makes upstream's objects fit the REST structs; called by the mappings beside it."""
