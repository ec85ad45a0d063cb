"""Addresses of the pages. Nothing personal stands in them: references and numbers only."""

from django.conf import settings
from django.urls import path

from review.views import (
    arrivals,
    case_list,
    cases,
    deletion,
    figures,
    letters,
    lists,
    people,
    reports,
    schools,
    signing,
    today,
)

handler403 = "review.views.errors.not_allowed"
handler404 = "review.views.errors.not_found"
handler500 = "review.views.errors.broken"

urlpatterns = [
    path("", today.today, name="today"),
    path("sign-in/", signing.SignIn.as_view(), name="sign-in"),
    path("sign-out/", signing.SignOut.as_view(), name="sign-out"),
    path("start/<str:token>/", signing.start, name="start"),
    path("healthz", signing.healthz, name="healthz"),
    path("status/", today.status, name="status"),
    path("alert/<int:alert_id>/seen/", today.see_alert, name="see-alert"),
    path("task/<int:task_id>/done/", today.finish_task, name="finish-task"),
    path("team/done/", today.team_done, name="team-done"),
    path("emails/", arrivals.index, name="arrivals"),
    path("email/<int:arrival_id>/", arrivals.review, name="arrival"),
    path("email/<int:arrival_id>/do/", arrivals.act, name="arrival-act"),
    path("email/<int:arrival_id>/raw/", arrivals.download_raw, name="arrival-raw"),
    path("reading/<int:reading_id>/decide/", arrivals.decide, name="decide"),
    path("page/<int:page_id>.png", arrivals.page_image, name="page-image"),
    path("document/<int:document_id>/download/", arrivals.download, name="download"),
    path("cases/", case_list.index, name="cases"),
    path("cases/export/", case_list.export, name="export"),
    path("case/<str:ref>/", cases.show, name="case"),
    path("case/<str:ref>/do/", cases.act, name="case-act"),
    path("proposed/<str:kind>/<int:row_id>/", cases.proposed, name="proposed"),
    path("child/<int:child_id>/", cases.child, name="child"),
    path("letters/", letters.index, name="letters"),
    path("letters/do/", letters.act, name="letters-act"),
    path("letter/<int:letter_id>/", letters.show, name="letter"),
    path("letter/<int:letter_id>/rewrite/", letters.rewrite, name="letter-rewrite"),
    path("schools/", schools.schools, name="schools"),
    path("school/<int:school_id>/", schools.school, name="school"),
    path("school/<int:school_id>/do/", schools.school_act, name="school-act"),
    path("people/", people.people, name="people"),
    path("password/", people.password, name="password"),
    path("rules/", lists.rules_page, name="rules"),
    path("word/<int:word_id>/forget/", lists.forget_word, name="forget-word"),
    path("layout/<int:lesson_id>/forget/", lists.forget_layout, name="forget-layout"),
    path("figures/", figures.figures, name="figures"),
    path("figures/behind/", figures.behind, name="behind"),
    path("reports/", reports.index, name="reports"),
    path("reports/text/", reports.text, name="report-text"),
    path("reports/freeze/", reports.freeze, name="freeze"),
    path("reports/everything/", reports.everything, name="everything"),
    path("reports/deletion/", deletion.index, name="deletion"),
    path("figures/<int:figures_id>/", reports.frozen, name="frozen"),
    path("family/<int:link_id>/", cases.family, name="family"),
    path("contact/<int:contact_id>/", schools.contact_act, name="contact-act"),
    path("schools/import/", schools.import_schools, name="import-schools"),
    path("words/", lists.add_word, name="add-word"),
    path("cases/views/", case_list.save_view, name="save-view"),
    path("audit/", lists.audit, name="audit"),
    path("accessibility/", lists.accessibility, name="accessibility"),
]

if settings.SSO_ISSUER:
    from review import sso

    urlpatterns += [
        path("sign-in/microsoft/", sso.start, name="sso"),
        path("sign-in/microsoft/callback/", sso.callback, name="sso-callback"),
    ]
