import {_t} from "@web/core/l10n/translation";
import {download} from "@web/core/network/download";
import {downloadReport} from "@web/webclient/actions/reports/utils";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";
import {user} from "@web/core/user";

const OURS = "helpdesk_mgmt_social.";

/** Say that something is being made for as long as it is. */
async function whileMaking({services}, message, make) {
    services.ui.block({message});
    try {
        return await make();
    } finally {
        services.ui.unblock();
    }
}

/** Downloads of this addon's reports say that the report is being made. */
async function printPaper(action, options, env) {
    if (action.report_type !== "qweb-pdf" || !action.report_name.startsWith(OURS)) {
        return false;
    }
    const context = {...user.context, ...action.context};
    const {success, message} = await whileMaking(
        env,
        _t("The report is being prepared…"),
        () => downloadReport(rpc, action, "pdf", context)
    );
    if (success && message) {
        env.services.notification.add(message, {sticky: true, title: _t("Report")});
    }
    // Without a program that prints, Odoo shows the page and says so.
    return success;
}

/** The register as a table: made first, then downloaded. */
async function downloadRegister(env, action) {
    const model = "helpdesk.social.report";
    const id = action.params.report_id;
    await whileMaking(env, _t("The register is being prepared…"), async () => {
        await env.services.orm.call(model, "make_register_table", [[id]]);
        await download({
            url: "/web/content",
            data: {
                model,
                id,
                field: "register_file",
                filename_field: "register_filename",
                download: true,
            },
        });
    });
}

registry
    .category("ir.actions.report handlers")
    .add("helpdesk_mgmt_social.papers", printPaper);
registry
    .category("actions")
    .add("helpdesk_mgmt_social.download_register", downloadRegister);
