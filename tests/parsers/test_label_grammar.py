"""Labels as councils may print them: what each asks for, and those that ask for nothing the case keeps.

Few of these stand in the vocabulary; most are understood by their ideas (parsers/grammar.py). `destination_place` is a
place that only its answer tells: a school, an address or a country.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from parsers.vocabulary import standard

ASKS: dict[str, str] = {
    "Learner's legal family name": "surname",
    "Child's surname as registered": "surname",
    "Name of receiving school (if known)": "destination_school",
    "Where will the child go to school next?": "destination_school",
    "School the pupil is transferring to": "destination_school",
    "Receiving establishment": "destination_school",
    "Name of onward school": "destination_school",
    "Proposed new school": "destination_school",
    "Which school will the child attend?": "destination_school",
    "School the child is moving to": "destination_school",
    "Where is the family believed to be now?": "destination_place",
    "When was the child last in class?": "last_attended",
    "Final date of attendance": "last_attended",
    "Date on which the young person was last in lessons": "last_attended",
    "Most recent day physically in school": "last_attended",
    "Date last sighted in school": "last_attended",
    "When was she last seen at school?": "last_attended",
    "Date of last present mark": "last_attended",
    "Date the learner was last present": "last_attended",
    "Most recent attendance date": "last_attended",
    "When was the young person last seen in school?": "last_attended",
    "Date pupil stopped attending": "last_attended",
    "Day of final attendance": "last_attended",
    "Who lives with the child?": "parent_name",
    "Who does the pupil live with?": "parent_name",
    "Person with parental responsibility": "parent_name",
    "Adult with care of the child": "parent_name",
    "Who has parental responsibility?": "parent_name",
    "Mother": "parent_name",
    "Name of the mother": "parent_name",
    "Responsible adult": "parent_name",
    "Name of carer": "parent_name",
    "Who is caring for the child?": "parent_name",
    "When did the child leave?": "off_roll_date",
    "Date name was taken off the school roll": "off_roll_date",
    "Day on which the pupil's name was deleted from the admission register": "off_roll_date",
    "Leaving date": "off_roll_date",
    "Date removed from our roll": "off_roll_date",
    "Date the pupil was deregistered": "off_roll_date",
    "When did the pupil come off roll?": "off_roll_date",
    "Student's given name(s)": "forenames",
    "Young person's first names": "forenames",
    "Name the young person likes to be called": "known_as",
    "What name does the child go by?": "known_as",
    "Date child was born": "date_of_birth",
    "Born on": "date_of_birth",
    "Learner's date of birth": "date_of_birth",
    "When were they born?": "date_of_birth",
    "Carer's mobile": "parent_phone",
    "Mother's contact number": "parent_phone",
    "Best daytime number for the parent or carer": "parent_phone",
    "How can we contact the parents?": "parent_phone",
    "Emergency contact number": "parent_phone",
    "Parent's telephone": "parent_phone",
    "Father's mobile": "parent_phone",
    "Home phone of the guardian": "parent_phone",
    "Parent's e-mail": "parent_email",
    "Forwarding address": "destination_address",
    "New address if known": "destination_address",
    "Address the family is believed to have moved to": "destination_address",
    "Address they are moving to": "destination_address",
    "Intended address abroad": "destination_address",
    "Why did the child leave?": "reason",
    "Why is the pupil leaving?": "reason",
    "Reason the child left": "reason",
    "Reason for this notification": "reason",
    "Reason for the pupil leaving": "reason",
    "Why are you making this referral?": "reason",
    "Cause of the absence": "reason",
    "Ground for deletion from the register": "ground",
    "Regulation under which the pupil's name was removed": "ground",
    "When did they move?": "move_date",
    "Date the family left the area": "move_date",
    "Date of departure from the UK": "move_date",
    "Date they are flying": "move_date",
    "Day the child is moving": "move_date",
    "Date of the flight": "move_date",
    "When did the family leave the country?": "move_date",
    "When will the child start at the new school?": "admission_date",
    "Date due to start at new school": "admission_date",
    "First day at new school": "admission_date",
    "Date of joining": "admission_date",
    "Date she joined your school": "admission_date",
    "Date placed on our register": "admission_date",
    "Who completed this form?": "referrer_name",
    "Name of staff member making this referral": "referrer_name",
    "Form filled in by": "referrer_name",
    "Person to contact about this referral": "referrer_name",
    "Name of person completing form": "referrer_name",
    "Name of the person who filled in this form": "referrer_name",
    "Person submitting this notification": "referrer_name",
    "Officer completing this return": "referrer_name",
    "Your position in school": "referrer_role",
    "Job title of person completing this form": "referrer_role",
    "Your job": "referrer_role",
    "Phone number of person making the referral": "referrer_phone",
    "School telephone number": "referrer_phone",
    "Referrer's telephone": "referrer_phone",
    "E-mail of the member of staff completing this form": "referrer_email",
    "Your e-mail address": "referrer_email",
    "When was this form completed?": "referral_date",
    "Date form completed": "referral_date",
    "Date this referral was made": "referral_date",
    "Brother or sister names and dates of birth": "siblings",
    "Other children in the household": "siblings",
    "Is the child in the care of the local authority?": "looked_after",
    "Is the learner in care?": "looked_after",
    "Does the pupil have an EHC plan?": "ehcp",
    "Has an Education, Health and Care Plan": "ehcp",
    "Does the child have a statement of SEN?": "ehcp",
    "Is there a child protection plan in place?": "child_protection_plan",
    "Child in need plan in place?": "child_in_need",
    "Is the pupil a young carer?": "young_carer",
    "From a Gypsy, Roma or Traveller background?": "traveller",
    "Has the common transfer file been sent?": "ctf_sent",
    "Written notice from the parents received?": "parental_letter",
    "Allocated social worker": "social_worker",
    "Name of the child's social worker": "social_worker",
    "Country the family is moving to": "destination_country",
    "Which country have they gone to?": "destination_country",
    "Destination country": "destination_country",
    "Country to which the family is relocating": "destination_country",
    "Tell us what has happened": "narrative",
    "What do you know about where the family has gone?": "narrative",
    "Any further information": "narrative",
    "Relationship to the young person": "parent_relationship",
    "How is this adult related to the child?": "parent_relationship",
    "Current or most recent school": "school_name",
    "School the learner attends": "school_name",
    "Which school does the child attend?": "school_name",
    "Name and address of parent with whom the pupil normally lives": "parent_name_address",
    "Name and telephone number of carer": "parent_name_phone",
    "Name and date of birth of child": "name_dob",
    "NC year group of pupil": "year_group",
    "Which year is the pupil in?": "year_group",
    "Language mainly spoken at home": "first_language",
    "Home language of the pupil": "first_language",
    "Pupil's sex as registered": "sex",
    "Sex of the learner": "sex",
    "Postcode of home address": "postcode",
    "Postcode at current address": "postcode",
    "Where did the child live?": "address",
    "Address at time of leaving": "address",
    "Last known home of the family": "address",
    "Current address of the family": "address",
    "Where is the child living?": "address",
    "DfE number of school": "school_laestab",
    "School URN": "school_urn",
    "Ethnic background of the learner": "ethnicity",
    "Is the student privately fostered?": "private_fostering",
}  # fmt: skip
ASKS_NOTHING = (
    "Social worker's telephone",
    "Signature",
    "Signature of headteacher",
    "Date letter sent to parents",
    "Date of home visit",
    "Date police informed",
    "GP's name",
    "GP name and address",
    "Landlord's contact number",
    "Friend's name",
    "Date form received",
    "Interpreter phone number",
    "Reason for late referral",
    "Completed by LA officer",
    "Has child previously been looked after?",
    "Date first absent",
    "Country of birth",
    "Date moved into current address",
    "Parent's new partner name",
    "Date of entry to UK",
    "Parent's date of birth",
    "Mother's first language",
    "Date of next review",
    "Number of days absent",
    "Attendance percentage",
    "Date the parents told the school of the move",
    "School's address",
    "Address of new school",
    "Date of exclusion",
    "Date social care were contacted",
    "Is the new address known?",
    "Name of officer visiting",
    "Who was spoken to",
    "Moved to new school",
    "Left the area",
    "Family moved to Poland",
    "Living with grandmother",
    "No longer lives at the address",
    "Unknown address",
    "Name of person visiting",
    "Date of the meeting",
    "Date the parents were written to",
    "Mother's date of birth",
    "Name of the family doctor",
    "School nurse's telephone",
    "Address of the surgery",
    "Date of the strategy meeting",
    "Has the family's new address been checked?",
    "Reason for delay",
    "Was the child ever in care?",
    "Number of siblings at this address seen",
    "Landlord's name",
    "Police officer's name",
    "Allocated officer's signature",
)  # fmt: skip


@pytest.mark.parametrize(("label", "field"), ASKS.items())
def test_a_label_asks_for_a_field(label: str, field: str) -> None:
    match = standard().match(label)
    assert match is not None
    assert match.field == field


@pytest.mark.parametrize("label", ASKS_NOTHING)
def test_a_label_about_something_else_asks_for_nothing(label: str) -> None:
    match = standard().match(label)
    assert match is None or match.field == "outside"


def test_a_label_worked_out_is_less_sure_than_one_that_is_listed() -> None:
    vocabulary = standard()
    listed = vocabulary.match("Date of birth")
    worked_out = vocabulary.match("Date on which the young person was last in lessons")
    assert listed is not None
    assert worked_out is not None
    assert worked_out.how == "grammar"
    assert worked_out.sure < 0.95 < listed.sure


# What a label asks for until its section or its answer has said whose it is.
_UNTIL = {
    "destination_school": {"destination_place"}, "destination_address": {"destination_place"}, "full_name": {"name"},
    "parent_name": {"name", "parent_name_phone", "parent_name_address"}, "parent_phone": {"phone"}, "parent_email": {"email"},
    "referrer_name": {"name", "name_role", "referrer_contact", "school_contact"}, "referrer_phone": {"phone"}, "school_name": {"name"},
    "referral_date": {"date"}, "siblings": {"sibling_name"}, "sen_support": {"sen_status"}, "date_of_birth": {"name_dob"},
}  # fmt: skip
_PHRASINGS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "labels.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("field", _PHRASINGS)
def test_each_field_is_known_by_all_its_phrasings(field: str) -> None:
    asked = {label: standard().match(label) for label in _PHRASINGS[field]}
    meant = {field, *_UNTIL.get(field, ())}
    assert [
        label for label, match in asked.items() if match is None or match.field not in meant
    ] == []
