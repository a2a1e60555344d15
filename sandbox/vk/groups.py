"""Methods `groups.*`, `users.*` and `utils.*`."""

from .. import constants
from . import events, shared, wire
from .errors import ApiError, invalid

#: Events of the long poll settings, as listed in `groups_long_poll_events`.
EVENT_NAMES = tuple(
    """
    audio_new board_post_delete board_post_edit board_post_new board_post_restore
    group_change_photo group_change_settings group_join group_leave
    group_officers_edit lead_forms_new market_comment_delete market_comment_edit
    market_comment_new market_comment_restore market_order_new market_order_edit
    message_allow message_deny message_new message_read message_reply
    message_typing_state message_edit photo_comment_delete photo_comment_edit
    photo_comment_new photo_comment_restore photo_new poll_vote_new user_block
    user_unblock video_comment_delete video_comment_edit video_comment_new
    video_comment_restore video_new message_reaction_event wall_post_new
    wall_reply_delete wall_reply_edit wall_reply_new wall_reply_restore wall_repost
    wall_schedule_post_new wall_schedule_post_delete donut_subscription_create
    donut_subscription_prolonged donut_subscription_cancelled
    donut_subscription_expired donut_subscription_price_changed donut_money_withdraw
    donut_money_withdraw_error
    """.split()
)

#: Rights of a community token: name -> bit.
PERMISSIONS = {
    "photos": 4,
    "messages": 4096,
    "wall": 8192,
    "docs": 131072,
    "manage": 262144,
}


def own_group(call):
    """Return the community in `group_id` that the token may manage."""
    group_id = call.parameters.required_integer("group_id", minimum=1)
    group = call.world.state["groups"].get(str(group_id))
    if not group:
        raise ApiError(125)
    if call.token.kind == constants.COMMUNITY and call.token.owner != group_id:
        raise ApiError(15, "group_id does not belong to this token")
    if not shared.manages(call, group):
        raise ApiError(15, "you are no editor of this community")
    return group


def get_by_id(call):
    """groups.getById: numbers or short names; without any the token's own."""
    words = call.parameters.words("group_ids") or call.parameters.words("group_id")
    if not words:
        if call.token.kind != constants.COMMUNITY:
            raise invalid("group_ids is undefined")
        words = [str(call.token.owner)]
    names = {g["screen_name"]: g for g in call.world.state["groups"].values()}
    found = []
    for word in words[:500]:
        group = call.world.state["groups"].get(word) or names.get(word)
        if not group:
            raise ApiError(125)
        found.append(wire.group(group, call.parameters.words("fields")))
    return {"groups": found, "profiles": []}


def get_long_poll_server(call):
    """groups.getLongPollServer."""
    group = own_group(call)
    if not group["long_poll"]["enabled"]:
        raise invalid("longpoll for this group is not enabled")
    return events.server(group)


def get_long_poll_settings(call):
    """groups.getLongPollSettings."""
    queue = own_group(call)["long_poll"]
    subscribed = {name: int(name in queue["subscribed"]) for name in EVENT_NAMES}
    return {
        "api_version": queue["api_version"],
        "is_enabled": queue["enabled"],
        "events": subscribed,
    }


def set_long_poll_settings(call):
    """groups.setLongPollSettings: what is not passed stays as it was."""
    read = call.parameters
    queue = own_group(call)["long_poll"]
    queue["enabled"] = read.flag("enabled", queue["enabled"])
    queue["api_version"] = read.text("api_version") or queue["api_version"]
    queue["subscribed"] = [
        name for name in EVENT_NAMES if read.flag(name, name in queue["subscribed"])
    ]
    call.world.changed()
    return 1


def get_token_permissions(call):
    """groups.getTokenPermissions: what a community token may do."""
    return {
        "mask": sum(PERMISSIONS.values()),
        "permissions": [
            {"name": name, "setting": bit} for name, bit in PERMISSIONS.items()
        ],
    }


def users_get(call):
    """users.get: numbers or short names; unknown people are left out."""
    words = call.parameters.words("user_ids")
    if len(words) > 1000:
        raise ApiError(113)
    if not words:
        if call.token.kind != constants.USER:
            raise invalid("user_ids is undefined")
        words = [str(call.token.owner)]
    users = call.world.state["users"]
    names = {user["screen_name"]: user for user in users.values()}
    found = [users.get(word) or names.get(word) for word in words]
    fields = call.parameters.words("fields")
    return [wire.user(user, fields) for user in found if user]


def get_server_time(call):
    """utils.getServerTime: UTC seconds."""
    return call.world.now()


METHODS = {
    "groups.getById": get_by_id,
    "groups.getLongPollServer": get_long_poll_server,
    "groups.getLongPollSettings": get_long_poll_settings,
    "groups.setLongPollSettings": set_long_poll_settings,
    "groups.getTokenPermissions": get_token_permissions,
    "users.get": users_get,
    "utils.getServerTime": get_server_time,
}
