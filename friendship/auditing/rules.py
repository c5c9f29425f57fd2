"""The rules of the audit: what each looks for, what that means, and how it is mended."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from friendship.auditing import ahead, courses, points, quoting, reported, ties, twins
from friendship.auditing.findings import Rule
from friendship.enums import Severity
from friendship.models import Country, Event, Evidence, Place, Relationship, ReportedTotal, Source

_TIES = (Relationship, Place)

#: Errors first, in the order in which the admin shows them.
RULES = (
    Rule(
        "partner-in-home-country",
        Severity.ERROR,
        _("Partner in the home country"),
        _("Both sides lie in one country. China is one country with Hong Kong, Macao and Taiwan."),
        _("Correct the side that is wrong, or the country of its place."),
        (*_TIES, Country),
        ties.in_home_country,
    ),
    Rule(
        "signing-before-intent",
        Severity.ERROR,
        _("Signed before the letter of intent"),
        _("A letter of intent surely follows the signing that it should lead to, and no later signing is known."),
        _("Correct the dates of the events, or add the signing or upgrade to which the intent led."),
        (*_TIES, Event),
        courses.signing_before_intent,
    ),
    Rule(
        "end-without-status",
        Severity.ERROR,
        _("Date of the end, but not ended"),
        _("The tie has a date on which it ended, and its status is not “ended”."),
        _("Set the status to ended, or clear the date."),
        _TIES,
        ties.end_without_status,
    ),
    Rule(
        "date-ahead",
        Severity.ERROR,
        _("Date too far ahead"),
        _("A date lies after the end of next year. Ties are agreed for next year at most."),
        _("Correct the year, or clear the date."),
        (*_TIES, Event, Source, ReportedTotal),
        ahead.dates_ahead,
    ),
    Rule(
        "coordinates-far",
        Severity.ERROR,
        _("Coordinates far from the country"),
        _("The point lies more than a degree outside the boxes that hold the country."),
        _("Correct the coordinates (latitude and longitude are often swapped), or the country."),
        (Place, Country),
        points.coordinates_far,
    ),
    Rule(
        "quote-lost",
        Severity.ERROR,
        _("Quote not in its text"),
        _("The words of a quote do not stand in the text of its source, or not at its position."),
        _("Compare with the text, and select the words anew: the position is found when you save."),
        (Evidence, ReportedTotal, Source),
        quoting.quote_lost,
    ),
    Rule(
        "no-evidence",
        Severity.ERROR,
        _("Public without a source"),
        _("The public sees the tie, and no source speaks of it."),
        _("Add the source that states it, or unpublish the tie."),
        (*_TIES, Evidence),
        ties.no_evidence,
    ),
    Rule(
        "levels-differ",
        Severity.HINT,
        _("Levels of the two sides differ"),
        _("Ties are made between equals, as a rule: province with province, city with city."),
        _("Correct the level of the place, or choose the place of that name on the other level."),
        _TIES,
        ties.levels_differ,
    ),
    Rule(
        "second-sister-tie",
        Severity.HINT,
        _("Second sister tie at one level"),
        _("A foreign place has active sister ties with several places of one level in one country."),
        _("Look which of them is of another type, has ended, or means another place of that name."),
        _TIES,
        ties.second_sister_tie,
    ),
    Rule(
        "ended-without-date",
        Severity.HINT,
        _("Ended, but not known when"),
        _("The status says that the tie has ended; neither a date nor an event says when."),
        _("Add the date or the event, as precisely as a source tells it."),
        (*_TIES, Event),
        ties.ended_without_date,
    ),
    Rule(
        "contradicted-value",
        Severity.HINT,
        _("Contradicted by a source"),
        _("A source gives another type, status or date than the register, and no note says why."),
        _("Correct the value, or write into the note why the register chose it."),
        (*_TIES, Evidence, Event),
        courses.contradicted_value,
    ),
    Rule(
        "near-duplicates",
        Severity.HINT,
        _("Perhaps the same place twice"),
        _("Two places of one country have the same name but for a letter, and lie close, or one of them nowhere."),
        _("Merge them if they are one. If not, what contains them or their coordinates tell them apart."),
        (Place,),
        twins.near_duplicates,
    ),
    Rule(
        "total-moved",
        Severity.HINT,
        _("Reported total has moved"),
        _("The newest figure differs from an earlier one, and the register holds fewer ties than it says."),
        _("Find the ties that are missing, and add them with their source."),
        (ReportedTotal, *_TIES),
        reported.total_moved,
    ),
    Rule(
        "total-passed",
        Severity.HINT,
        _("More than was reported"),
        _("The register holds more than the newest figure says."),
        _("Add a newer figure, or look whether a tie stands there twice."),
        (ReportedTotal, *_TIES),
        reported.total_passed,
    ),
)

_BY_CODE = {each.code: each for each in RULES}


def rule(code: str) -> Rule | None:
    """The rule of this code, or None."""
    return _BY_CODE.get(code)
