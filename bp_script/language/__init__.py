"""The languages of a film's words: English in the code, others from the catalogues in ``bp_script/locales``.

>>> language_of("en").tr("The cost is %(cost)s.", cost="{C:.2f}")
'The cost is {C:.2f}.'
>>> language_of("de").decimal, language_of("pt-BR").words
(',', 'en')
"""

from __future__ import annotations

from bp_script.language.catalogues import LANGUAGES
from bp_script.language.languages import ENGLISH, N_, TAG, Language, is_language, language_of

__all__ = ["ENGLISH", "LANGUAGES", "N_", "TAG", "Language", "is_language", "language_of"]
