"""`faturaflow prove`: the evidence that exactly one document exists, and one sentence of what follows from it."""

import typer

from app.cli.exits import ATTENTION, exit_on
from app.cli.options import AsJson, DocumentId
from app.cli.printing.proof import print_proof, proof_as_json
from app.cli.printing.tables import safe_json
from app.operations.proof.conclusion import Verdict
from app.operations.proof.prove import prove_document
from app.store import StoreError
from app.stream.clients.errors import TopicUnreadableError


def prove(document_id: DocumentId, *, as_json: AsJson = False) -> None:
    """Print the evidence that exactly one document exists. Exit 0: it is proven; 3: it is not.

    Ids and what each is derived from, the journal's facts in their sequence, the provider's own words, and its list,
    asked now. It is asked by look-ups and lists alone, which count against its quota: nothing is made or changed there.

    faturaflow prove 3a788481

    faturaflow prove 3a788481 --json
    """
    with exit_on(StoreError, TopicUnreadableError):
        proof = prove_document(document_id)
    if as_json:
        typer.echo(safe_json(proof_as_json(proof)))
    else:
        print_proof(proof)
    if proof.conclusion.verdict is not Verdict.ONCE:
        raise typer.Exit(ATTENTION)
