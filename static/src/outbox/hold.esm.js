import {Component, onWillStart, useState} from "@odoo/owl";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {_t} from "@web/core/l10n/translation";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** Says above the outbox that it is held after a restore, and lets it send. */
export class SocialHold extends Component {
    static template = "helpdesk_mgmt_social.Hold";
    static props = {model: Object};

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({hold: {held: false}});
        onWillStart(() => this.load());
    }

    async load() {
        this.state.hold = await this.orm.silent
            .call("helpdesk.social.hold", "social_hold", [])
            .catch(() => ({held: false}));
    }

    release() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Let the outbox send"),
            body: _t(
                "Every waiting reply is looked for on the network first, and published only where it does not stand there."
            ),
            confirmLabel: _t("The outbox is checked, send"),
            confirm: async () => {
                await this.orm.call("helpdesk.social.hold", "action_release", [
                    [this.state.hold.id],
                ]);
                await this.load();
                await this.props.model.load();
            },
            cancel: () => {},
        });
    }
}

export class SocialOutboxListController extends ListController {
    static template = "helpdesk_mgmt_social.OutboxList";
    static components = {...ListController.components, SocialHold};
}

registry.category("views").add("social_outbox_list", {
    ...listView,
    Controller: SocialOutboxListController,
});

export class SocialOutboxKanbanController extends KanbanController {
    static template = "helpdesk_mgmt_social.OutboxKanban";
    static components = {...KanbanController.components, SocialHold};
}

registry.category("views").add("social_outbox_kanban", {
    ...kanbanView,
    Controller: SocialOutboxKanbanController,
});
