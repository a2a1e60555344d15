import {Component, onWillStart, useState} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {registry} from "@web/core/registry";

/** Figures of the screening above the messages; each is a list when clicked. */
export class SocialScreeningCounts extends Component {
    static template = "helpdesk_mgmt_social.ScreeningCounts";
    static props = {model: Object};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({figures: []});
        onWillStart(() => this.load());
        useBus(this.props.model.bus, "update", () => this.load());
    }

    async load() {
        const figures = await this.orm
            .silent.call("helpdesk.ticket", "social_screening_counts", [])
            .catch(() => []);
        this.state.figures = figures.filter((figure) => figure.count);
    }

    open(figure) {
        this.action.doAction("helpdesk_mgmt_social.action_ticket_all", {
            additionalContext: {
                search_default_not_excluded: 0,
                [`search_default_${figure.filter}`]: 1,
                search_default_open: figure.key === "excluded" ? 0 : 1,
            },
        });
    }
}

export class SocialInboxController extends KanbanController {
    static template = "helpdesk_mgmt_social.InboxKanban";
    static components = {...KanbanController.components, SocialScreeningCounts};
}

registry.category("views").add("social_inbox_kanban", {
    ...kanbanView,
    Controller: SocialInboxController,
});
