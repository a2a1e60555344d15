from . import (
    helpdesk_social_assign,
    helpdesk_social_decline,
    helpdesk_social_manual,
    helpdesk_social_publish,
    helpdesk_social_resolve,
    helpdesk_social_rework,
)
