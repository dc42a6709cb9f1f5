-- The pipes of the lake and how each is, by what the processes say that run them.
SELECT * FROM pipe_statuses()
