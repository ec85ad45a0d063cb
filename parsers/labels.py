"""What people call the fields and the forms, in the order in which an officer reads them.

The contract's names are for programs; a page or a printed table shows these.
"""

from __future__ import annotations

LABELS = {
    "surname": "Surname", "forenames": "Forenames", "known_as": "Known as", "date_of_birth": "Date of birth",
    "sex": "Sex", "upn": "UPN", "year_group": "Year group", "ethnicity": "Ethnicity",
    "first_language": "First language", "address": "Address", "postcode": "Postcode", "parents": "Parents or carers",
    "siblings": "Brothers and sisters", "school_name": "School", "school_urn": "School's URN",
    "school_laestab": "School's LAESTAB", "referrer_name": "Referred by", "referrer_role": "Referrer's role",
    "referrer_phone": "Referrer's telephone", "referrer_email": "Referrer's email", "referral_date": "Date of the form",
    "last_attended": "Last attended", "off_roll_date": "Taken off roll", "admission_date": "Admitted", "reason": "Reason",
    "reason_code": "Reason code", "source_code": "Source code", "ground": "Ground for deletion",
    "destination_school": "Next school", "destination_address": "New address", "destination_country": "Country moved to",
    "move_date": "Date of the move", "narrative": "What happened", "child_protection_plan": "Child protection plan",
    "child_in_need": "Child in need", "looked_after": "Looked after", "ehcp": "EHC plan", "sen_support": "SEN support",
    "young_carer": "Young carer", "eal": "English as an additional language", "private_fostering": "Private fostering",
    "traveller": "Traveller", "social_worker": "Social worker", "safeguarding_concern": "Safeguarding concern",
    "enquiries": "Enquiries made", "ctf_sent": "CTF sent", "parental_letter": "Parents' letter",
}  # fmt: skip
FORMS = {
    "cme": "CME referral", "removal": "Removal from roll", "ehe": "Elective home education",
    "admission": "Pupil admitted", "starters_leavers": "Starters and leavers",
    "ewo_notification": "EWO's notification (NCME1)", "checklist": "Check list of enquiries",
    "update": "Update by email", "unknown": "Form of unknown kind",
}  # fmt: skip
