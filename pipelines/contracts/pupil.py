"""What schools send of a pupil in every extract."""

from pipelines.contracts.contract import Kind, Part, Row, date, text


class Pupil(Row):
    """The columns that one row begins with, whatever it tells of the pupil."""

    upn = text(
        Kind.IDENTIFIER,
        "unique pupil number",
        required=True,
        part=Part.UPN,
        why="to find the child in the case system",
    )
    forename = text(
        Kind.DIRECT_IDENTITY,
        "forename of the pupil",
        required=True,
        part=Part.FORENAME,
        why="to find the child where the number is missing",
    )
    surname = text(
        Kind.DIRECT_IDENTITY,
        "surname of the pupil",
        required=True,
        part=Part.SURNAME,
        why="to find the child where the number is missing",
    )
    date_of_birth = date(
        Kind.QUASI_IDENTIFIER,
        "date of birth of the pupil",
        required=True,
        part=Part.DATE_OF_BIRTH,
        why="to find the child where the number is missing",
    )
