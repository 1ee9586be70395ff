"""`python -m sandbox`: start the world, say where it is, stop cleanly when told."""

import asyncio
import os
import signal
import sys

from sandbox.app import make_app
from sandbox.lines import Server
from sandbox.mail import start_mail
from sandbox.settings import BadSettings, Settings, read
from sandbox.world import World


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. OSError: a port is taken or the folder cannot be written."""
    world = World(settings)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        await _serve(world, stopped)
    finally:
        world.close()


async def _serve(world: World, stopped: asyncio.Event) -> None:
    settings = world.settings
    post_office = await start_mail(world.store, world.clock, world.faults, settings)
    server = Server(make_app(world), settings.port)
    listening = server.listen()
    serving = asyncio.create_task(server.serve([listening]))
    if settings.scenario:
        world.player.start(settings.scenario, settings.seed, settings.speed)
    sys.stdout.write(
        f"Sandbox: {settings.base}/town (X and Graph on {settings.port},"
        f" IMAP on {settings.imap_port}, SMTP on {settings.smtp_port})\n"
    )
    sys.stdout.flush()
    ended = asyncio.create_task(stopped.wait())
    await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
    world.player.stop()
    server.should_exit = True
    ended.cancel()
    await serving
    await post_office.close()


def main() -> int:
    try:
        asyncio.run(run(read(os.environ)))
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyError as error:
        sys.stderr.write(f"There is no scenario {error.args[0]!r}.\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
