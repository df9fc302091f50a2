"""What has a form: Presidio recognisers for numbers, addresses, dates of birth and all else that can be told by it.

None asks the network, none needs words to be cut or tagged: Presidio's no-op engine is enough.
"""

from presidio_analyzer import EntityRecognizer

from pipelines.notes.patterns.contact import EmailAddressRecognizer, TelephoneRecognizer
from pipelines.notes.patterns.dates import BirthRecognizer
from pipelines.notes.patterns.documents import DocumentRecognizer
from pipelines.notes.patterns.establishments import EstablishmentRecognizer
from pipelines.notes.patterns.numbers import PersonNumberRecognizer
from pipelines.notes.patterns.online import OnlineRecognizer
from pipelines.notes.patterns.places import AddressRecognizer, PostcodeRecognizer
from pipelines.notes.patterns.references import ReferenceRecognizer
from pipelines.notes.patterns.vehicles import VehicleRecognizer

_ALL = (
    PersonNumberRecognizer,
    ReferenceRecognizer,
    DocumentRecognizer,
    VehicleRecognizer,
    TelephoneRecognizer,
    EmailAddressRecognizer,
    OnlineRecognizer,
    PostcodeRecognizer,
    AddressRecognizer,
    EstablishmentRecognizer,
    BirthRecognizer,
)


def recognizers() -> list[EntityRecognizer]:
    """All of them, new: they hold nothing of any text."""
    return [recognizer() for recognizer in _ALL]


__all__ = ["recognizers"]
