"""A handler of aiohttp that writes each body to Kafka and answers once it is acknowledged, to hold the API against.

Without keys, checks, rows and answers in a form; the same library, the same producer, the same topic.
"""

import asyncio
import os
import signal

from aiohttp import web

from app.operations.context import bootstrap, topics
from app.stream.clients.single_records import SingleRecords
from app.stream.records import Record


async def serve(port: int) -> None:
    """Serves until SIGTERM."""
    producer, topic, stopping = SingleRecords(bootstrap(), client_id="bench"), topics().orders, asyncio.Event()
    producer.start()
    await producer.check(topic)

    async def written(request: web.Request) -> web.Response:
        await producer.send(Record(topic=topic, key=None, value=await request.read()))
        return web.json_response({}, status=202)

    async def ready(_request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    app = web.Application()
    app.add_routes([web.post("/{path:.*}", written), web.get("/ready", ready)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await stopping.wait()
    await runner.cleanup()
    await producer.stop(10)


if __name__ == "__main__":
    asyncio.run(serve(int(os.environ["FATURAFLOW_HEALTH_PORT"])))
