"""A Faust transport that hands agents whole chunks of raw records and commits only finished ones.

    app = faust.App(**app_options(settings))

    @app.agent(chunk_topic(app, ATTENDANCE))
    async def attendance(chunks):
        async for chunk in chunks:
            if chunk.current:
                await store(chunk)
                chunk.done()

An agent that raises ends the worker with a non-zero exit status, because a chunk that is never done stops the commits
of its partition. See docs/decisions/0002.
"""

from streams.transport.binding import app_options, chunk_topic
from streams.transport.delivery import Chunk

__all__ = ["Chunk", "app_options", "chunk_topic"]
