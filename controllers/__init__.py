from . import helpdesk_social_hook, helpdesk_ticket
