"""What X has charged, by its list prices, and whether that is within the month's budget (contract 1.1)."""

from datetime import UTC, datetime
from typing import Any

from connectors.reading import read_dict, read_list
from connectors.twitter.items import Found
from inbox.enums import Direction
from inbox.incoming import Incoming

# Dollars for each thing returned: posts of our own lists are "owned reads", other posts are not.
OWNED_READ, POST_READ, USER_READ, MESSAGE_READ = 0.001, 0.005, 0.010, 0.010
SUMMONED_REPLY, POST_CREATE, POST_WITH_LINK, MESSAGE_CREATE = 0.010, 0.015, 0.20, 0.015
OWNED = {"mentions", "own"}
# People are charged once a day; beyond so many the estimate errs on the dear side.
MOST_USERS = 500
SLOWER, SLOWEST = 4, 8
USUAL_SECONDS = 15


class Ledger:
    """The running estimate of one account, kept in its cursor: `day`, `month` and what each has cost."""

    def __init__(self, budget: float = 0.0) -> None:
        self.budget = budget
        self.day, self.month = "", ""
        self.today, self.this_month = 0.0, 0.0
        self.users: list[str] = []
        self.posts: set[str] = set()

    def load(self, kept: dict[str, Any], now: datetime | None = None) -> None:
        """Go on from what the cursor holds; a new day or month begins at nothing."""
        now = now or datetime.now(UTC)
        self.day, self.month = f"{now:%Y-%m-%d}", f"{now:%Y-%m}"
        if kept.get("month") == self.month:
            self.this_month = float(kept.get("this_month") or 0)
        if kept.get("day") == self.day:
            self.today = float(kept.get("today") or 0)
            self.users = [str(one) for one in kept.get("users") or []]

    def dump(self) -> dict[str, Any]:
        """Return what the cursor keeps."""
        return {
            "day": self.day,
            "month": self.month,
            "today": round(self.today, 4),
            "this_month": round(self.this_month, 4),
            "users": self.users,
        }

    def pay(self, dollars: float) -> None:
        """Add a charge."""
        self.today += dollars
        self.this_month += dollars

    def pay_for(self, stream: str, ids: list[str], answer: dict[str, Any]) -> None:
        """Add what an answer's posts and people cost; the same one is charged once (per day, softly)."""
        fresh = [one for one in ids if one not in self.posts]
        self.posts.update(fresh)
        self.pay(len(fresh) * (OWNED_READ if stream in OWNED else POST_READ))
        self.pay_for_users(answer)

    def pay_for_posts(self, written: list[Found]) -> None:
        """Add what our own posts cost when they were made, whoever made them."""
        for one in written:
            if isinstance(one.item, Incoming) and one.item.direction == Direction.OUT:
                linked = "http://" in one.item.text or "https://" in one.item.text
                answer = SUMMONED_REPLY if one.item.in_reply_to else POST_CREATE
                self.pay(POST_WITH_LINK if linked else answer)

    def pay_for_messages(self, count: int, answer: dict[str, Any]) -> None:
        """Add what private messages and their people cost."""
        self.pay(count * MESSAGE_READ)
        self.pay_for_users(answer)

    def pay_for_users(self, answer: dict[str, Any]) -> None:
        """Add the people who came beside the items, which are billed as read (contract 1.1, unverified)."""
        told = {str(user.get("id")) for user in read_list(read_dict(answer, "includes"), "users")}
        fresh = sorted(told.difference(self.users))
        self.users = [*self.users, *fresh][-MOST_USERS:]
        self.pay(len(fresh) * USER_READ)

    @property
    def planned(self) -> float:
        """Return what the budget allows until the end of today."""
        now = datetime.now(UTC)
        return self.budget * now.day / 31

    @property
    def slow_down(self) -> int:
        """Return how many times less often X is asked: 1 within the budget."""
        if not self.budget or self.this_month <= self.planned:
            return 1
        return SLOWEST if self.this_month >= self.budget else SLOWER

    def describe(self) -> dict[str, Any]:
        """Return the facts for people."""
        month = f"${self.this_month:.2f}" + (f" of ${self.budget:.2f}" if self.budget else "")
        return {
            "spent_today": f"about ${self.today:.2f}",
            "spent_this_month": f"about {month}",
            "wait_seconds": 0 if self.slow_down == 1 else self.slow_down * USUAL_SECONDS,
            "wait_reason": "to stay within this month's budget",
        }

    def warn(self) -> tuple[str, ...]:
        """Say that the budget makes the account slower, where it does."""
        if self.slow_down == 1:
            return ()
        return (
            f"About ${self.this_month:.2f} of this month's ${self.budget:.2f} is spent, more than planned by "
            f"today. X is asked {self.slow_down} times less often. Raise the budget on the account's page.",
        )
