"""The CME database: what is kept of emails, children, cases, letters and who did what.

Only `cases/record.py` writes here. `Entry` is the timeline and the audit trail in one: append-only (triggers
on both databases refuse update and delete), hash-chained, and without personal data: it names ids,
fields and reasons; old and new values live in `FieldValue`, which retention can delete.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    OFFICER = "officer", "CME Officer"
    MANAGER = "manager", "Manager"
    EWO = "ewo", "Education Welfare Officer"
    AUDITOR = "auditor", "Auditor"


class Person(AbstractUser):
    """Someone who signs in. `areas` are the places an EWO covers."""

    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AUDITOR)
    areas = models.JSONField(default=list, blank=True)
    deputy = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)
    signed_in_at = models.DateTimeField(null=True, blank=True)
    protected_cases = models.BooleanField(default=False)  # may see protected children


class Setting(models.Model):
    """A thing remembered between runs: the demonstration's clock, the last proved poll."""

    key = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()


class Lease(models.Model):
    """Who may poll now. Prefect's slot is a lease without a fence; this row is the truth."""

    name = models.CharField(max_length=80, primary_key=True)
    holder = models.CharField(max_length=80)
    expires_at = models.DateTimeField()


class StoredBytes(models.Model):
    """Bytes kept once, encrypted (AES-GCM); `sha256` is of the clear bytes."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()


class ArrivalState(models.TextChoices):
    KEPT = "kept", "Waiting to be read"
    FILED = "filed", "Filed"
    HELD = "held", "Waiting for the officer"
    IGNORED = "ignored", "Nothing to do"
    SET_ASIDE = "set_aside", "Set aside by the officer"


class Arrival(models.Model):
    """One email as it reached us. Exactly one state at any time; `kept` is the only one in between."""

    content_key = models.CharField(max_length=64, unique=True)  # of the bytes as served
    # Of what the message says (mail.values.Email.content_key): a copy that the server rendered anew has
    # other bytes and the same canonical key. Known only once the worker has read it.
    canonical = models.CharField(max_length=64, null=True, unique=True)
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    raw = models.ForeignKey(StoredBytes, null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=ArrivalState.choices, default="kept")
    verdict = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    account = models.CharField(max_length=200, blank=True)
    message_id = models.CharField(max_length=400, blank=True, db_index=True)
    sender = models.CharField(max_length=320, blank=True, db_index=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.TextField(blank=True)
    new_text = models.TextField(blank=True)
    machine = models.CharField(max_length=20, blank=True)
    trust = models.CharField(max_length=12, blank=True)
    trust_why = models.TextField(blank=True)
    case_refs = models.JSONField(default=list)
    thread_ids = models.JSONField(default=list)
    attachment_hashes = models.JSONField(default=list)
    email_notes = models.JSONField(default=dict)
    school = models.ForeignKey("School", null=True, on_delete=models.SET_NULL)
    attempts = models.IntegerField(default=0)
    try_after = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)
    move_to = models.CharField(max_length=200, blank=True)
    moved = models.BooleanField(default=False)
    pictured = models.BooleanField(default=False)  # its documents' pages are stored as pictures
    version = models.IntegerField(default=0)
    # When a manager confirmed that it is to be deleted: whatever copy the mailbox still shows, or shows later, goes.
    erase_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "received_at"]),
            models.Index(fields=["received_at"]),
        ]


class ReadAhead(models.Model):
    """An arrival that a worker reads, or has read, before its turn to be filed; gone once it is filed."""

    arrival = models.OneToOneField(
        Arrival, primary_key=True, on_delete=models.CASCADE, related_name="ahead"
    )
    holder = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    # What was read, encrypted; None while it is being read, empty when its reader gave up.
    sealed = models.BinaryField(null=True)


class Sighting(models.Model):
    """The ledger: every UID the server has ever shown us, and which arrival it is."""

    account = models.CharField(max_length=200)
    folder = models.CharField(max_length=300)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)  # the server could not serve it: ask again then
    erase_at = models.DateTimeField(
        null=True
    )  # a manager had its arrival deleted; null again once it is gone

    class Meta:
        indexes = [
            models.Index(
                fields=["erase_at"], name="to_erase", condition=models.Q(erase_at__isnull=False)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "folder", "uidvalidity", "uid"], name="one_sighting_a_uid"
            )
        ]


class Document(models.Model):
    """One leaf of an arrival, with the decision that was made about it."""

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="documents")
    path = models.TextField()
    name = models.TextField(blank=True)
    format = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    decision = models.CharField(max_length=10)
    why = models.TextField(blank=True)
    kept = models.ForeignKey(StoredBytes, null=True, on_delete=models.PROTECT)
    text = models.TextField(blank=True)
    # Its labels' fingerprint and what stood under each (parsers/fingerprint.py); goes with its words.
    layout = models.JSONField(default=dict)


class PageImage(models.Model):
    """A page of a document as a grey picture, so that nothing of the sender's is ever rendered."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pages")
    number = models.IntegerField()
    png = models.ForeignKey(StoredBytes, on_delete=models.PROTECT)
    width = models.FloatField()  # points
    height = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_picture_a_page")
        ]


class School(models.Model):
    name = models.CharField(max_length=200)
    urn = models.CharField(max_length=10, blank=True, db_index=True)
    laestab = models.CharField(max_length=10, blank=True, db_index=True)
    type = models.CharField(max_length=40, blank=True)
    source_code = models.CharField(max_length=5, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    area = models.CharField(max_length=80, blank=True)
    low_age = models.IntegerField(null=True, blank=True)
    high_age = models.IntegerField(null=True, blank=True)
    domains = models.JSONField(default=list)
    terms = models.JSONField(
        default=list
    )  # [["2026-09-03", "2026-10-23"], ...]; empty: the county's
    closed_days = models.JSONField(default=list)
    open = models.BooleanField(default=True)
    agency = models.BooleanField(default=False)  # not a school: social care, another council
    telephone = models.CharField(max_length=30, blank=True)


class Contact(models.Model):
    """An address that we may write to; letters go to these and to no address out of an email."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=320, db_index=True)
    role = models.CharField(max_length=60, blank=True)
    main = models.BooleanField(default=False)
    bounced_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()


class Child(models.Model):
    """A child the team knows, as known now. Every earlier version is a `ChildVersion`."""

    surname = models.CharField(max_length=120, blank=True, db_index=True)
    forenames = models.CharField(max_length=160, blank=True)
    known_as = models.CharField(max_length=80, blank=True)
    date_of_birth = models.DateField(null=True, blank=True, db_index=True)
    sex = models.CharField(max_length=1, blank=True)
    upn = models.CharField(max_length=13, blank=True, db_index=True)
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=10, blank=True, db_index=True)
    year_group = models.CharField(max_length=4, blank=True)
    protected = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=0)

    @property
    def initials(self) -> str:
        """Return the initials that letters use in place of a name."""
        words = f"{self.forenames.split(' ')[0]} {self.surname}".split()
        return "".join(w[0].upper() for w in words if w) or "?"

    @property
    def full_name(self) -> str:
        return f"{self.forenames} {self.surname}".strip() or "Name not known"


class ChildVersion(models.Model):
    """The child as one document gave them: what matching compares with."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="versions")
    person = models.JSONField()  # the columns of policy.matching.Person
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.SET_NULL)
    added_at = models.DateTimeField()


class ChildKey(models.Model):
    """Blocking keys: how candidates are found among many thousands in under a millisecond."""

    key = models.CharField(max_length=120)
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "child"], name="one_key_a_child")]


class FamilyLink(models.Model):
    """Brother or sister: proposed by the machine, confirmed or refused by a person."""

    a = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="links_from")
    b = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="links_to")
    state = models.CharField(max_length=10, default="proposed")  # proposed, confirmed, refused
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["a", "b"], name="one_link_a_pair")]


class Case(models.Model):
    """The council's file on one child's episode. Status and outcome are apart (Appendix 3)."""

    ref = models.CharField(max_length=20, unique=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="cases")
    status = models.CharField(max_length=30, default="open")
    outcome = models.CharField(max_length=5, blank=True)
    form = models.CharField(max_length=20, blank=True)
    reason_code = models.CharField(max_length=5, blank=True)
    source_code = models.CharField(max_length=5, blank=True)
    dfe_reason = models.CharField(max_length=60, blank=True)
    provisional = models.BooleanField(default=False)  # waits for the officer: known child or not?
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.SET_NULL)
    school_name = models.CharField(max_length=200, blank=True)
    last_attended = models.DateField(null=True, blank=True)
    off_roll_date = models.DateField(null=True, blank=True)
    ewo = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned"
    )
    ewo_address = models.CharField(max_length=320, blank=True)
    receiving_school = models.CharField(max_length=200, blank=True)
    flags = models.JSONField(default=list)  # child_protection, looked_after, ehcp, ...
    forms_seen = models.JSONField(default=list)
    reporter = models.CharField(
        max_length=320, blank=True
    )  # the address that referred, if on record
    legal_hold = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    changed_at = models.DateTimeField()
    version = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["status", "opened_on"]),
            models.Index(fields=["-changed_at"]),
        ]


class CaseMessage(models.Model):
    """A Message-ID sent or received on a case: how a reply finds its way back."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    message_id = models.CharField(max_length=400, db_index=True)
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "message_id"], name="one_message_a_case")
        ]


class FieldValue(models.Model):
    """One value of one field with its source; the newest that is not proposed is what holds."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="values")
    field = models.CharField(max_length=40)
    value = models.JSONField(null=True)
    raw = models.TextField(blank=True)
    place = models.CharField(max_length=200, blank=True)
    sure = models.FloatField(default=1.0)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL)
    arrival = models.ForeignKey(Arrival, null=True, blank=True, on_delete=models.SET_NULL)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="applied")  # applied, proposed, refused, undone

    class Meta:
        indexes = [
            models.Index(fields=["case", "field", "at"]),
            models.Index(fields=["state", "at"]),
        ]


class ReadingRow(models.Model):
    """What one document said about one child, and what became of it."""

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="readings")
    document = models.ForeignKey(Document, null=True, on_delete=models.CASCADE)
    number = models.IntegerField()
    form = models.CharField(max_length=20)
    fields = models.JSONField(default=dict)  # field -> {value, raw, place, sure, page, box}
    unread = models.JSONField(default=list)
    signals = models.JSONField(default=list)
    corrected = models.JSONField(default=dict)  # the officer's values
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="readings")
    verdict = models.CharField(max_length=20, blank=True)
    changed = models.JSONField(default=list)
    candidates = models.JSONField(default=list)  # best first, with the bits for and against
    why = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="waiting")  # waiting, decided, undone

    class Meta:
        indexes = [models.Index(fields=["state", "verdict"])]


class Hold(models.Model):
    """Why an arrival waits for the officer."""

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="holds")
    document = models.ForeignKey(Document, null=True, on_delete=models.CASCADE)
    reason = models.CharField(max_length=20)
    text = models.TextField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)
    settled_how = models.CharField(max_length=200, blank=True)


class Decision(models.Model):
    """A decision that can be taken back: which arrival and reading, which child and case, who."""

    reading = models.ForeignKey(ReadingRow, null=True, on_delete=models.CASCADE)
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)  # a verdict, or merge, split, detach, same, sibling, ...
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="decisions")
    other_case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    why = models.TextField(blank=True)
    shown = models.JSONField(default=dict)  # the bits and candidates as they were shown
    undo = models.JSONField(default=dict)  # what taking it back must restore
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, blank=True)


class CaseEvent(models.Model):
    """Something that starts or stops a clock (policy/deadlines.py names the kinds)."""

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    on = models.DateField()
    at = models.DateTimeField(null=True)
    subject = models.CharField(max_length=60, blank=True)
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.SET_NULL)
    by = models.CharField(max_length=150)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="applied")  # applied, proposed, undone

    class Meta:
        indexes = [
            models.Index(fields=["case", "kind"]),
            models.Index(fields=["state", "recorded_at"]),
        ]


class Snooze(models.Model):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="snoozes")
    rule = models.CharField(max_length=60)
    until = models.DateField()
    why = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class LetterState(models.TextChoices):
    HELD = "held", "Waiting for approval"
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    REFUSED = "refused", "Refused by the mail server"
    UNCERTAIN = "uncertain", "Delivery uncertain"
    UNDELIVERED = "undelivered", "Came back"
    CANCELLED = "cancelled", "Not sent"
    SHADOW = "shadow", "Would have been sent"


class Letter(models.Model):
    """The outbox. `key` is unique, so the same letter is never written twice; bytes and Message-ID are
    fixed before the first try."""

    key = models.CharField(max_length=250, unique=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="letters")
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=60)  # the template
    rule = models.CharField(max_length=60, blank=True)
    step = models.CharField(max_length=60, blank=True)
    started_on = models.DateField(null=True)
    covers = models.JSONField(default=list)  # a digest: [{case, rule, step, started}]
    recipient = models.CharField(max_length=320)
    role = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=300)
    message_id = models.CharField(max_length=200, unique=True)
    raw = models.ForeignKey(StoredBytes, on_delete=models.PROTECT)
    state = models.CharField(max_length=12, choices=LetterState.choices)
    why = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    tries = models.IntegerField(default=0)
    try_after = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "try_after"]),
            models.Index(fields=["recipient", "written_at"]),
        ]


class Asked(models.Model):
    """One step of one rule on one case, decided; unique, so that running twice asks once.

    `gather` puts what one recipient owes into one letter; until then `letter` is empty.
    """

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="asked")
    council = models.CharField(max_length=10, blank=True)  # "council" for rules without a case
    rule = models.CharField(max_length=60)
    step = models.CharField(max_length=60)
    started_on = models.DateField()
    kind = models.CharField(max_length=60)  # the letter
    role = models.CharField(max_length=40)
    recipient = models.CharField(max_length=320, blank=True)
    due_on = models.DateField(null=True)
    what = models.TextField()
    because = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="asked")
    state = models.CharField(
        max_length=10, default="waiting"
    )  # waiting, written, dropped, overtaken, off, task

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "council", "rule", "step", "started_on"], name="asked_once"
            ),
            # Two rows without a case are not the same to a database unless it is told so.
            models.UniqueConstraint(
                fields=["council", "rule", "step", "started_on"],
                condition=models.Q(case=None),
                name="asked_once_of_the_council",
            ),
        ]
        indexes = [models.Index(fields=["state", "recipient"])]


class Task(models.Model):
    """Something for a person to do that no letter can."""

    key = models.CharField(max_length=200, unique=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="tasks")
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=40)
    what = models.TextField()
    role = models.CharField(max_length=40, default="cme_officer")
    due_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=150, blank=True)


class Alert(models.Model):
    """A safeguarding signal; shown before everything else until somebody has seen to it."""

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="alerts")
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="alerts")
    kind = models.CharField(max_length=40)
    words = models.TextField()
    where = models.TextField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=150, blank=True)
    done_note = models.TextField(blank=True)


class Word(models.Model):
    """A label that the council taught: 'this label means ...'."""

    label = models.CharField(max_length=200, unique=True)
    field = models.CharField(max_length=40)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class Layout(models.Model):
    """A form's layout that an officer once corrected: its labels' digests, one list a version; nothing of a child."""

    prints = models.JSONField(default=list)
    form = models.CharField(max_length=20, blank=True)
    school = models.ForeignKey(School, null=True, on_delete=models.SET_NULL)  # whose form it was
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class LayoutLabel(models.Model):
    """On one layout, a label answers a field; with an empty field it answers nothing that is kept."""

    layout = models.ForeignKey(Layout, on_delete=models.CASCADE, related_name="labels")
    key = models.CharField(max_length=12)
    label = models.CharField(max_length=200)
    field = models.CharField(max_length=40, blank=True)
    stood = models.IntegerField(default=0)  # how often an officer let stand what it read
    reading = models.ForeignKey(ReadingRow, null=True, on_delete=models.SET_NULL)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["layout", "key"], name="one_lesson_a_label")]


class Entry(models.Model):
    """The timeline and audit trail. Append-only; each row's hash covers the one before."""

    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    act = models.CharField(max_length=60)
    case = models.ForeignKey(Case, null=True, on_delete=models.DO_NOTHING, db_constraint=False)
    arrival = models.ForeignKey(
        Arrival, null=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    why = models.TextField(blank=True)
    data = models.JSONField(default=dict)  # ids, field names, codes; never a child's details
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"]),
            models.Index(fields=["arrival", "id"]),
            models.Index(fields=["act", "id"]),
        ]
        verbose_name_plural = "entries"


class Figures(models.Model):
    """Figures frozen when they were sent (the DfE's termly return)."""

    name = models.CharField(max_length=60)
    census_on = models.DateField()
    figures = models.JSONField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
