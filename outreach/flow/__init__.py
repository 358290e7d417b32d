"""The engine's chapters: the way of an event in (`taking`, `intake`, `effects`) and of a follow-up out (`claim`,
`deciding`, `post`, `record`)."""
