"""Mailboxes kept in the sandbox's store."""

from sandbox.mail.world_types import StoreLike


def create_account(store: StoreLike, address: str, password: str) -> None:
    raise NotImplementedError


def empty(store: StoreLike) -> None:
    raise NotImplementedError
