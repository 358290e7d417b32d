"""Ways to keep follow-ups and to do them when they are due: ours, and other people's. Each is a module with
`run(url, number, workers)`, measured in a process of its own.

    python -m bench.queues NAME URL NUMBER [WORKERS]
"""
