"""How a sentence opens: whether it points back to the sentence before it, without which it says less than it should.

"These range from low pay to isolation." wants the sentence before; "This review asks ..." does not. English first; the
commonest openings of French, German and Spanish are known too.
"""

from __future__ import annotations

import re

_SELF = "review|study|studies|paper|article|report|thesis|chapter|survey|trial|project|research|work|section|book|essay"
"""What "this" names without pointing back: the text itself."""
_ADVERBS = (
    "additionally|furthermore|moreover|however|nevertheless|nonetheless|therefore|thus|hence|consequently|accordingly|"
    "similarly|likewise|conversely|instead|otherwise|meanwhile|alternatively|besides|also|then|too|yet|but|and|nor|"
    "in addition|in contrast|by contrast|in turn|as a result|as such|as a consequence|for example|for instance|"
    "on the other hand|on the contrary|in other words|that is|in fact|indeed|specifically|in particular|by comparison|"
    "at the same time|even so|still|rather|"
    # French, German, Spanish
    "de plus|en outre|par ailleurs|cependant|toutefois|néanmoins|ainsi|par conséquent|par exemple|en revanche|"
    "außerdem|zudem|darüber hinaus|jedoch|allerdings|dennoch|deshalb|daher|zum beispiel|ebenso|hingegen|"
    "además|asimismo|sin embargo|no obstante|por lo tanto|por ejemplo|en cambio|por consiguiente"
)
_POINTERS = (
    "these|those|they|them|their|such|another|others|other|both|he|she|his|her|its|the former|the latter|neither|"
    "the same|all of (?:these|this|them)|some of (?:these|them)|most of (?:these|them)|many of (?:these|them)|"
    "one of (?:these|them)|each of (?:these|them)|none of (?:these|them)|an? (?:second|third|further|final|additional)|"
    "the (?:second|third|other)|second(?:ly)?,|third(?:ly)?,|finally,|lastly,|"
    # French, German, Spanish
    "ces|celles-ci|ceux-ci|celui-ci|celle-ci|ils|elles|leurs?|diese[rsnm]?|sie|ihre[rnms]?|solche[rn]?|estos|estas|"
    "ellos|ellas|dich[oa]s?|tales"
)
_OPENS = re.compile(
    rf"\W*(?:(?:{_ADVERBS})(?=[\s,;:])|(?:{_POINTERS})(?![\w-])"
    rf"|(?:this|that|ce|cet|cette|este|esta)(?!\s+(?:\w+\s+){{0,2}}(?:{_SELF}|étude|revue|estudio|revisión)\b)(?![\w-])"
    # "It is important to ..." announces; "It also reduces ..." points back.
    r"|it(?!\s+(?:is|was|has been|may be|might be|seems?|appears?|can be|could be|should be|would be|remains)\s+"
    r"(?:\w+\s+){0,3}(?:to|that|whether|how|why|if|when)\b)(?![\w-])"
    r"|(?:of|among|in|for|with|despite|because of|from|through|beyond|based on|besides|after|by|to) "
    rf"(?:these|those|this|that)(?!\s+(?:\w+\s+){{0,1}}(?:{_SELF})\b)(?![\w-]))",
    re.IGNORECASE,
)
_FEW = r"[\w'’-]+(?:\s+[\w'’-]+){0,4}"
_FORWARD = re.compile(
    # "Those who ...", "Both A and B ...", "Other than ...", "Rather than ..." point forward.
    r"\W*(?:those (?:who|that|which|with|in|of|without|whose|receiving|living)\b|"
    rf"both (?:of the )?{_FEW} and\b|neither {_FEW} nor\b|"
    r"other than\b|rather than\b|instead of\b|besides (?!,)|still \w+ing\b)",
    re.IGNORECASE,
)


def points_back(sentence: str) -> bool:
    """Whether the sentence opens with words that point back to the sentence before it."""
    return bool(_OPENS.match(sentence)) and not _FORWARD.match(sentence)
