from . import (
    helpdesk_social_assign,
    helpdesk_social_calendar_import,
    helpdesk_social_decline,
    helpdesk_social_delegate,
    helpdesk_social_manual,
    helpdesk_social_new_version,
    helpdesk_social_outcome,
    helpdesk_social_preview,
    helpdesk_social_publish,
    helpdesk_social_resolve,
    helpdesk_social_rework,
    helpdesk_social_term,
)
