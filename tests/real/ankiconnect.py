# ruff: noqa: N802, N803, BLE001 - the names are the protocol's, and it catches everything
"""AnkiConnect's protocol, version 6, on a real collection; and servers that are no such thing.

Each action does what the add-on's does, by the same calls of Anki where there are any.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class AnkiConnect:
    """The add-on's handler. `old`: without what newer releases added."""

    def __init__(self, collection: Any, key: str | None = None, old: bool = False) -> None:
        self.col = collection
        self.key = key
        self.old = old
        self.permission = "granted"
        self.level = 6
        self.seen: list[dict[str, Any]] = []
        self.before: Callable[[str], None] = lambda action: None
        self.without: set[str] = {"requestPermission"} if old else set()

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request.get("action", "")
        self.seen.append(request)
        try:
            if request.get("key") != self.key and name != "requestPermission":
                raise Exception("valid api key must be provided")
            if name in self.without or not hasattr(self, f"do_{name}"):
                raise Exception("unsupported action")
            self.before(name)
            result = getattr(self, f"do_{name}")(**request.get("params", {}))
        except Exception as error:  # as the add-on does
            return {"result": None, "error": str(error)}
        return {"result": result, "error": None}

    def actions(self) -> list[str]:
        return [one["action"] for one in self.seen]

    def do_version(self) -> int:
        return self.level

    def do_requestPermission(self) -> dict[str, Any]:
        if self.permission != "granted":
            return {"permission": self.permission}
        return {"permission": "granted", "requireApikey": bool(self.key), "version": self.level}

    def do_multi(self, actions: list[dict[str, Any]]) -> list[Any]:
        return [self.handle(one) for one in actions]

    def do_deckNames(self) -> list[str]:
        return [one.name for one in self.col.decks.all_names_and_ids()]

    def do_deckNamesAndIds(self) -> dict[str, int]:
        return {name: self.col.decks.id(name) for name in self.do_deckNames()}

    def do_modelNamesAndIds(self) -> dict[str, int]:
        return {one.name: one.id for one in self.col.models.all_names_and_ids()}

    def do_modelFieldNames(self, modelName: str) -> list[str]:
        return [field["name"] for field in self.col.models.by_name(modelName)["flds"]]

    def do_findNotes(self, query: str) -> list[int]:
        return [*map(int, self.col.find_notes(query))]

    def do_findCards(self, query: str) -> list[int]:
        return [*map(int, self.col.find_cards(query))]

    def do_notesInfo(self, notes: list[int]) -> list[dict[str, Any]]:
        return [self.info(number) for number in notes]

    def info(self, number: int) -> dict[str, Any]:
        from anki.errors import NotFoundError

        try:
            note = self.col.get_note(number)
        except NotFoundError:
            return {}
        model = note.note_type()
        fields = {
            one["name"]: {"value": note.fields[one["ord"]], "order": one["ord"]}
            for one in model["flds"]
        }
        newer = {} if self.old else {"mod": note.mod, "profile": "User 1"}
        cards = self.col.db.list("select id from cards where nid = ? order by ord", number)
        return {
            "noteId": note.id, "tags": note.tags, "fields": fields, "modelName": model["name"],
            "cards": cards, **newer,
        }  # fmt: skip

    def do_cardsInfo(self, cards: list[int]) -> list[dict[str, Any]]:
        found = []
        for number in cards:
            card = self.col.get_card(number)
            found.append({
                "cardId": card.id, "deckName": self.col.decks.get(card.did)["name"],
                "interval": card.ivl, "type": card.type, "queue": card.queue, "due": card.due,
                "reps": card.reps, "lapses": card.lapses, "left": card.left, "note": card.nid,
            })  # fmt: skip
        return found

    def do_getDecks(self, cards: list[int]) -> dict[str, list[int]]:
        decks: dict[str, list[int]] = {}
        for card in cards:
            did = self.col.db.scalar("select did from cards where id=?", card)
            decks.setdefault(self.col.decks.get(did)["name"], []).append(card)
        return decks

    def do_changeDeck(self, cards: list[int], deck: str) -> None:
        from anki.utils import ids2str, int_time

        did = self.col.decks.id(deck)
        self.col.sched.remFromDyn(cards)
        self.col.db.execute(
            f"update cards set usn=?, mod=?, did=? where id in {ids2str(cards)}",
            self.col.usn(), int_time(), did,
        )  # fmt: skip

    def do_getDeckConfig(self, deck: str) -> Any:
        if deck not in self.do_deckNames():
            return False
        return self.col.decks.config_dict_for_deck_id(self.col.decks.id(deck))

    def do_setDeckConfigId(self, decks: list[str], configId: int) -> bool:
        if not {*decks} <= {*self.do_deckNames()}:
            return False
        for name in decks:
            deck = self.col.decks.get(self.col.decks.id(name))
            deck["conf"] = int(configId)
            self.col.decks.save(deck)
        return True

    def do_deleteNotes(self, notes: list[int]) -> None:
        self.col.remove_notes(notes)

    def do_deleteDecks(self, decks: list[str], cardsToo: bool = False) -> None:
        if not cardsToo:
            raise Exception("it's not possible to delete decks without cards")
        for name in [name for name in decks if name in self.do_deckNames()]:
            self.col.decks.remove([self.col.decks.id(name)])

    def do_updateNoteFields(self, note: dict[str, Any]) -> None:
        there = self.col.get_note(note["id"])
        for name, value in note["fields"].items():
            if name in there:
                there[name] = value
        self.col.update_note(there, skip_undo_entry=True)

    def do_updateNoteModel(self, note: dict[str, Any]) -> None:
        there, model = self.col.get_note(note["id"]), self.col.models.by_name(note["modelName"])
        there.mid, there._fmap = model["id"], self.col.models.field_map(model)
        there.fields = [""] * len(model["flds"])
        for name, value in note["fields"].items():
            for other in there.keys():  # noqa: SIM118 - a note is no dict
                if name.lower() == other.lower():
                    there[other] = value
        there.tags = note["tags"]
        self.col.update_note(there, skip_undo_entry=True)

    def do_storeMediaFile(self, filename: str, data: str, deleteExisting: bool = True) -> str:
        if deleteExisting:
            self.col.media.trash_files([filename])
        return str(self.col.media.write_data(filename, base64.b64decode(data)))

    def do_importPackage(self, path: str) -> bool:
        """Import as the shim in Anki does that stands for the old importer's class."""
        from anki import import_export_pb2 as ie
        from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

        newer = ie.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER
        options = ImportAnkiPackageOptions(
            merge_notetypes=True, update_notes=newer, update_notetypes=newer,
            with_scheduling=True, with_deck_configs=True,
        )  # fmt: skip
        self.col.import_anki_package(ImportAnkiPackageRequest(package_path=path, options=options))
        self.col.models._clear_cache()
        return True


Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


@contextmanager
def serve(answer: Answer) -> Iterator[str]:
    """Serve on the loopback, each request by `answer`; yield the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(handler: BaseHTTPRequestHandler, data: bytes, status: int = 200, **more: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(data)), **more}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


def speak(connect: AnkiConnect) -> Answer:
    """Answer as the add-on does: one request at a time, for Anki has one thread."""
    one = threading.Lock()

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        with one:
            data = json.dumps(connect.handle(json.loads(body))).encode()
        reply(handler, data)

    return answer
