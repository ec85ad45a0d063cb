"""A label as an owner and an attribute: "learner's residence" is a child and an address.

What is asked of an owner that the contract has no field for ("social worker's telephone") is "outside": understood, and
told as unread.

Source: docs/contract.md, the table of fields.
"""

from __future__ import annotations

_OWNERS = {
    "child": "child", "parent": "parent", "mother": "parent", "father": "parent",
    "family": "parent", "grandparent": "parent", "grandmother": "parent",
    "referrer": "referrer", "completing": "referrer", "sibling": "sibling",
    "socialworker": "social_worker", "you": "referrer", "staff": "referrer",
    "headteacher": "referrer", "worker": "referrer", "ewo": "referrer", "officer": "referrer",
}  # fmt: skip
_ATTRIBUTES: dict[frozenset[str], str] = {
    frozenset(key.split()): value
    for key, value in {
        "surname": "surname", "forename": "forenames", "name": "name", "dob": "date_of_birth",
        "phone": "phone", "email": "email", "address": "address", "home address": "address",
        "current address": "address", "postcode": "postcode", "sex": "sex", "upn": "upn",
        "yeargroup": "year_group", "relationship": "relationship", "role": "role",
        "ethnicity": "ethnicity", "home postcode": "postcode", "middle name": "middle_names",
        "phone email": "contact", "name phone": "name_phone", "school": "school",
        "forename surname": "name", "name role": "name_role",
    }.items()
}  # fmt: skip
_BY_OWNER = {
    ("child", "name"): "full_name", ("child", "school"): "school_name",
    ("parent", "name"): "parent_name", ("parent", "phone"): "parent_phone",
    ("parent", "email"): "parent_email", ("parent", "address"): "parent_address",
    ("parent", "surname"): "parent_surname", ("parent", "forenames"): "parent_forenames",
    ("parent", "relationship"): "parent_relationship", ("parent", "name_phone"): "parent_name_phone",
    ("parent", "contact"): "parent_phone", ("parent", "date_of_birth"): "outside",
    ("parent", "postcode"): "outside", ("parent", "sex"): "outside", ("parent", "ethnicity"): "outside",
    ("referrer", "name"): "referrer_name", ("referrer", "phone"): "referrer_phone",
    ("referrer", "email"): "referrer_email", ("referrer", "role"): "referrer_role",
    ("referrer", "address"): "outside", ("referrer", "contact"): "referrer_phone",
    ("referrer", "school"): "school_name", ("referrer", "name_role"): "referrer_name",
    ("referrer", "surname"): "referrer_surname", ("referrer", "forenames"): "referrer_forenames",
    ("referrer", "relationship"): "referrer_role", ("referrer", "postcode"): "outside",
    ("sibling", "name"): "siblings", ("sibling", "date_of_birth"): "sibling_dob",
    ("sibling", "school"): "sibling_school", ("sibling", "surname"): "sibling_surname",
    ("sibling", "forenames"): "sibling_forenames", ("sibling", "address"): "outside",
    ("sibling", "year_group"): "outside", ("sibling", "sex"): "outside", ("sibling", "upn"): "outside",
    ("social_worker", "name"): "social_worker", ("social_worker", "phone"): "outside",
    ("social_worker", "email"): "outside", ("social_worker", "address"): "outside",
    ("new_school", "name"): "destination_school", ("new_school", "school"): "destination_school",
    ("new_school", "address"): "outside", ("new_school", "phone"): "outside",
    ("new_school", "email"): "outside", ("new_school", "postcode"): "outside",
    ("school", "name"): "school_name", ("school", "phone"): "referrer_phone",
    ("school", "email"): "referrer_email", ("school", "address"): "outside",
    ("school", "postcode"): "outside", ("school", "role"): "referrer_role",
    ("school", "school"): "school_name",
}  # fmt: skip
_CHILD_ONLY = frozenset({
    "surname", "forenames", "date_of_birth", "sex", "upn", "year_group", "ethnicity", "postcode",
    "address", "middle_names",
})  # fmt: skip


def for_owner(owner: str | None, attribute: str) -> str | None:
    """Return the field that an attribute is under an owner ("parent", "phone"), None if unclear."""
    if (owner or "child", attribute) in _BY_OWNER:
        return _BY_OWNER[owner or "child", attribute]
    if owner in (None, "child") and attribute in _CHILD_ONLY:
        return attribute
    return None


def parts(key: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the field and the owner of a label that is one owner and one attribute; anything left over is unknown."""
    if sum(w.isdigit() for w in key) > 1 or any(w.isdigit() and len(w) > 1 for w in key):
        return None
    words = [
        w for w in key if not w.isdigit() and w not in ("number", "contact", "first", "second")
    ]
    owner: str | None = None
    if "new" in words and "school" in words:
        owner, words = "new_school", [w for w in words if w not in ("new", "school")]
        words = words or ["name"]
    elif "school" in words and len(words) > 1 and not set(words) & set(_OWNERS):
        owner, words = "school", [w for w in words if w != "school"]
    for word in list(words):
        if word in _OWNERS and owner in (None, _OWNERS[word]):
            owner = _OWNERS[word]
            words.remove(word)
        elif word in _OWNERS and _OWNERS[word] == "child" and owner != "child":
            words.remove(word)  # "name of child's social worker"
        elif word in _OWNERS and owner == "child":
            owner = _OWNERS[word]
            words.remove(word)
    attribute = _ATTRIBUTES.get(frozenset(words))
    if attribute in ("postcode", "address") and "family" in key:
        owner = "child"  # where the family lives, the child does
    if attribute is None or owner is None:
        return None
    name = for_owner(owner, attribute)
    return (name, owner) if name else None
