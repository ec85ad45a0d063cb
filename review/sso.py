"""Sign-in with Microsoft Entra, or another OpenID Connect provider, by django-allauth; only when it is configured.

A stranger would get five things wrong. A person is known by tenant and object id, never by an address: addresses are
given away again. allauth skips the signature of a token that it fetched itself, and sends no nonce: here every token's
signature, issuer, audience, time, tenant and nonce are checked. Whoever has none of the roles gets in nowhere, and a role
taken away in Entra is gone at the next sign-in. Somebody new waits until a manager has let them in. And allauth's own
tables and pages are not used: it does the protocol, the record stays the one writer's.

Source: OpenID Connect Core 1.0, 3.1.3.7; Microsoft's "ID token claims reference" for tid, oid, roles and groups.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from cases import clock
from cases.models import Role
from cases.record import single_sign_on
from cases.settings import secret
from review import keeping

log = logging.getLogger("cme.site")
PROVIDER = "entra"
# Of several roles the first of these counts.
ORDER = (Role.MANAGER, Role.OFFICER, Role.EWO, Role.AUDITOR)


class Adapter(DefaultSocialAccountAdapter):
    """Takes the one provider from the settings, and says refusals in plain words."""

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Return the provider; no table is asked."""
        return SocialApp(
            provider="openid_connect", provider_id=PROVIDER, name="Microsoft", client_id=settings.SSO_CLIENT,
            secret=secret("sso_secret"),
            settings={"server_url": settings.SSO_ISSUER, "oauth_pkce_enabled": True, "fetch_userinfo": False},
        )  # fmt: skip

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,
    ) -> None:  # fmt: skip
        """Refuse, without saying more to a stranger than that; the log names the kind of error only."""
        log.warning("single sign-on refused: %s", type(exception or error).__name__)
        raise ImmediateHttpResponse(refused(request, 401, "Microsoft’s answer could not be used."))


class Entra(OpenIDConnectOAuth2Adapter):
    """The protocol as allauth speaks it, with every check that it leaves out."""

    expected_nonce = ""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, PROVIDER)

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself, if it is the one that was asked for."""
        told: dict[str, Any] = super().openid_config
        if told.get("issuer", "").rstrip("/") != settings.SSO_ISSUER:
            raise OAuth2Error("another issuer than the configured one")
        for name in ("token_endpoint", "authorization_endpoint", "jwks_uri"):
            _must_be_private(told[name])
        return told

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Return our address, to which Entra sends people back."""
        return request.build_absolute_uri(reverse("sso-callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Let a person in by a token that holds in every respect; allauth's own road ends here."""
        claims = self._claims(app, kwargs["response"].get("id_token") or "")
        raise ImmediateHttpResponse(enter(request, claims))

    def _claims(self, app: Any, token: str) -> dict[str, Any]:
        if not token:
            raise OAuth2Error("no id token")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=token, keys_url=self.openid_config["jwks_uri"], issuer=self.openid_config["issuer"],
            audience=app.client_id, lookup_kid=jwtkit.lookup_kid_jwk, verify_signature=True,
        )  # fmt: skip
        nonce = str(claims.get("nonce", ""))
        if not self.expected_nonce or not secrets.compare_digest(nonce, self.expected_nonce):
            raise OAuth2Error("not the nonce of this sign-in")
        if "exp" not in claims or not claims.get("oid") or not claims.get("tid"):
            raise OAuth2Error("a claim is missing")
        return claims


class Callback(OAuth2CallbackView):
    """Entra's answer, held against what this browser was sent away with (state, PKCE verifier, nonce)."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, answer = super()._get_state(request, provider)
        self.adapter.expected_nonce = (state or {}).get("nonce", "")  # type: ignore[attr-defined]
        return state, answer


def _must_be_private(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        raise OAuth2Error("an address without TLS")


def role_of(claims: dict[str, Any]) -> str | None:
    """Return the role here of somebody's roles and groups there; None for none of ours."""
    told = [*_list(claims.get("roles")), *_list(claims.get("groups"))]
    table = settings.SSO_ROLES or {role.value: role.value for role in Role}
    ours = {table[name] for name in told if name in table}
    return next((role.value for role in ORDER if role.value in ours), None)


def _list(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else []


def enter(request: HttpRequest, claims: dict[str, Any]) -> HttpResponse:
    """Sign a person in whose token holds, or say why not."""
    role = role_of(claims)
    if role is None:
        return refused(request, 403, "Your account has no role in this service.")
    key = single_sign_on.key_of(str(claims["tid"]), str(claims["oid"]))
    person = single_sign_on.person_of(key, role, now=clock.now())
    if person is None:
        name = str(claims.get("preferred_username") or claims.get("name") or "")[:60]
        single_sign_on.ask(key, name, role, now=clock.now())
        say = (
            "You are not let in yet. A manager now sees your name under People and can let you in."
        )
        return refused(request, 403, say)
    if not person.is_active:
        return refused(request, 403, "This account is closed.")
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    single_sign_on.signed_in(person, now=clock.now())
    following = str(request.session.pop("after_sso", "/"))
    return keeping.give_back(request, keeping.stowed(request)) or redirect(following)


def refused(request: HttpRequest, status: int, say: str) -> HttpResponse:
    """Show that the door stays shut."""
    return render(
        request, "error.html", {"title": "You could not be signed in", "say": f"{say} Ask your manager."}, status=status
    )  # fmt: skip


@require_GET
@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """Send somebody to Entra, with a nonce that their browser's session remembers."""
    following = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(following, {request.get_host()}, request.is_secure())
    request.session["after_sso"] = following if safe else "/"
    nonce = secrets.token_urlsafe(24)
    provider = Entra(request).get_provider()
    provider.get_oauth2_adapter = lambda request: Entra(request)
    try:
        answer: HttpResponse = provider.redirect(
            request, process="login", nonce=nonce, auth_params={"nonce": nonce}
        )
    except ImmediateHttpResponse as refusal:
        return refusal.response
    except (OAuth2Error, OSError, KeyError, ValueError) as error:
        log.warning("single sign-on not reached: %s", type(error).__name__)
        return refused(request, 503, "Microsoft could not be reached.")
    return answer


@require_GET
@login_not_required
def callback(request: HttpRequest) -> HttpResponse:
    """Take Entra's answer."""
    try:
        answer: HttpResponse = Callback.adapter_view(Entra)(request)
    except (KeyError, ValueError) as error:  # an answer without its parts
        log.warning("single sign-on refused: %s", type(error).__name__)
        return refused(request, 401, "Microsoft’s answer could not be used.")
    return answer
