"""The developer's environment of the addon.

Plain Python 3.10+ of the standard library: it has to run before anything is
installed. What it makes lies in the user's cache, never in the checkout:

===================  ==========================================================
``odoo/KEY``         Odoo 19 of Debian's package, unpacked
``venv/KEY``         the Python environment of ``script/requirements.lock``
``oca/KEY``          the OCA addons of ``script/addons.lock``
``checkouts/KEY``    what belongs to one checkout: the link under which Odoo
                     sees it, its databases, files, logs and settings
===================  ==========================================================

``KEY`` is a digest of what the folder was made from, so that a changed lock file
makes a new folder beside the old one and never disturbs a running process.
"""
