"""Lists that come page by page."""

from __future__ import annotations

from typing import Any, Callable, Generic, Iterator, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Pages(Generic[Item, Answer]):
    """Iterate for all items; ``pages()`` gives each page as the API answers it, ``first()`` one item.

    Nothing is fetched before it is asked for, and each iteration starts anew.
    """

    def __init__(self, fetch: Callable[[str], Answer], field: str, token: str = "") -> None:
        self._fetch = fetch
        self._field = field
        self._token = token

    def pages(self) -> Iterator[Answer]:
        token = self._token
        while True:
            answer: Any = self._fetch(token)
            yield answer
            token = getattr(answer, "next_page_token", "")
            if not token:
                return

    def first(self) -> Item | None:
        """The first item, or None."""
        return next(iter(self), None)

    def __iter__(self) -> Iterator[Item]:
        for answer in self.pages():
            yield from getattr(answer, self._field)
