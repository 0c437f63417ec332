"""Sphinx's settings for the documentation; ``python -m docs.making`` reads them."""

project = "backprop films"
html_title = "backprop films"
language = "en"
extensions = ["myst_parser", "docs.making.extension"]
root_doc = "index"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
nitpicky = True

smartquotes_action = "qe"  # two hyphens are an option's, no dash

html_theme = "furo"
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}
html_css_files = ["colours.css", "site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it would fetch every page that is found, which a browser forbids on a disk
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
html_last_updated_fmt = None
html_permalinks_icon = "#"
pygments_style = "docs.making.colours.Light"
pygments_dark_style = "docs.making.colours.Dark"
highlight_language = "text"
