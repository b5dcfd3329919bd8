"""The tables of a library, as SQL. docs/library.md explains them to people who query them."""

from __future__ import annotations

SCHEMA = 2
"""Version of the tables. A library of another version is built anew from the corpus."""
APPLICATION = 0x70656572
""""peer": tells a library from any other SQLite file, in the file's header."""

TABLES = """
CREATE TABLE properties (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,         -- below the corpus folder, with "/" between its parts
    size INTEGER NOT NULL,             -- of the file and of those that belong to it, in bytes
    modified INTEGER NOT NULL,         -- of the file, in nanoseconds since 1970; of several, the latest
    sha256 TEXT NOT NULL,              -- of the file
    companions TEXT NOT NULL,          -- SHA-256 of the files that belong to it, or ''
    parser TEXT NOT NULL,              -- version of reading and chunking by which the rows were made
    title TEXT NOT NULL,
    author TEXT,
    date TEXT,
    metadata TEXT NOT NULL,            -- JSON: what else the source says of itself
    warnings TEXT NOT NULL,            -- JSON: what could not be read
    works INTEGER NOT NULL,            -- entries of the reference list
    passages INTEGER NOT NULL,
    citations INTEGER NOT NULL,
    digest TEXT NOT NULL,              -- of the columns above that answers quote, and of the counts
    year TEXT NOT NULL,                -- of the date, or ''
    sorted TEXT NOT NULL,              -- the title as it is sorted
    searched TEXT NOT NULL,            -- what the list of reviews is searched by: folded words
    corrected INTEGER NOT NULL,        -- citations that differ from their entry
    words INTEGER NOT NULL,            -- of the paragraphs
    stems INTEGER NOT NULL,            -- of the passages
    markup TEXT NOT NULL,              -- JSON: spans that are notation and not words
    links TEXT NOT NULL,               -- JSON: places that the source links to an entry
    pages TEXT NOT NULL,               -- JSON: where each page begins
    text TEXT NOT NULL                 -- the decoded source, last because it is long; all offsets count its characters
);

CREATE TABLE unread (                  -- files of the corpus that could not be read
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    parser TEXT NOT NULL,
    reason TEXT NOT NULL               -- JSON: a code with its values
) WITHOUT ROWID;

CREATE TABLE tags (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE INDEX documents_by_tag ON tags (tag, document);

CREATE TABLE sections (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL,           -- in the order of the text, from 0
    heading TEXT NOT NULL,
    plain TEXT NOT NULL,               -- the heading without case and extra white space
    level INTEGER NOT NULL,
    path TEXT NOT NULL,                -- JSON: the headings above, outermost first
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    paragraphs INTEGER NOT NULL,
    digest TEXT NOT NULL,              -- of the columns above but "plain"
    PRIMARY KEY (document, number)
) WITHOUT ROWID;

CREATE TABLE headings (                -- which sections stand under which heading: their own, and those above
    plain TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    section INTEGER NOT NULL,
    PRIMARY KEY (plain, document, section)
) WITHOUT ROWID;
CREATE INDEX headings_of_document ON headings (document);

CREATE TABLE paragraphs (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL,           -- of the body's paragraphs, from 1
    section INTEGER NOT NULL,          -- sections.number
    kind TEXT NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    sentences TEXT NOT NULL,           -- JSON: the span of each sentence
    digest TEXT NOT NULL,              -- of the columns above
    PRIMARY KEY (document, number)
) WITHOUT ROWID;

CREATE TABLE works (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);  -- what the entries of several lists mean

CREATE TABLE entries (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL,           -- in the order of the reference list, from 0
    key TEXT NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    line INTEGER NOT NULL,
    text TEXT NOT NULL,                -- the entry word for word, on one line
    authors TEXT NOT NULL,             -- JSON: family, given, organisation, aliases of each
    year TEXT,
    title TEXT,
    container TEXT,
    doi TEXT,
    url TEXT,
    volume TEXT,
    issue TEXT,
    pages TEXT,
    digest TEXT NOT NULL,              -- of the columns above
    work INTEGER REFERENCES works,
    linked TEXT,                       -- digest of that link
    same TEXT NOT NULL,                -- first author and year, folded: entries of one work share it, or the DOI
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX entries_by_key ON entries (document, key);
CREATE INDEX entries_by_work ON entries (work);
CREATE INDEX entries_by_author ON entries (same);
CREATE INDEX entries_by_doi ON entries (lower(doi)) WHERE doi IS NOT NULL;

CREATE TABLE citations (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL,           -- in the order of the text, from 0
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    mention TEXT NOT NULL,
    status TEXT NOT NULL,              -- resolved, corrected, ambiguous, missing
    entries TEXT NOT NULL,             -- JSON: keys of the entries, best first
    rest TEXT NOT NULL,                -- JSON: line, sentence, kind, year, discrepancies
    digest TEXT NOT NULL,
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE INDEX citations_by_place ON citations (document, begins);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: the vectors on disk name it
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL,           -- in the order of the text, from 0
    name TEXT NOT NULL UNIQUE,         -- "path:paragraph", in the addresses of the page
    section INTEGER NOT NULL,          -- sections.number
    heading TEXT NOT NULL,             -- of its section, with the headings above it
    paragraph INTEGER NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    text TEXT NOT NULL,                -- word for word
    sentences TEXT NOT NULL,           -- JSON: the span of each sentence, in the document
    opens_section INTEGER NOT NULL,
    page INTEGER,
    cited INTEGER NOT NULL,            -- citations inside
    embedded TEXT NOT NULL,            -- the words that are embedded
    embedded_sentences TEXT NOT NULL,  -- JSON: the span of each sentence in them
    digest TEXT NOT NULL               -- of the columns above
);
CREATE UNIQUE INDEX passages_of_document ON passages (document, number);
CREATE INDEX passages_of_section ON passages (document, section);

CREATE TABLE models (                  -- the encoders that the vectors are of
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,     -- JSON: name, hash of the weights, dimension, ...
    codec BLOB NOT NULL,               -- how token vectors are coded
    digest TEXT NOT NULL               -- of the columns above but "id"
);

CREATE TABLE vectors (
    passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    model INTEGER NOT NULL REFERENCES models,
    embedded TEXT NOT NULL,            -- digest of the text and the cut that were embedded
    passage_vector BLOB NOT NULL,      -- float16
    sentence_vectors BLOB NOT NULL,    -- float16, one a sentence
    tokens BLOB NOT NULL,              -- the token vectors, coded (peerqa.index.token_codes)
    pieces BLOB NOT NULL,              -- uint32, the vocabulary's number of each token
    offsets BLOB NOT NULL,             -- uint32, begin and end of each token in the embedded text
    ranges BLOB NOT NULL,              -- uint32, first token and end of each sentence
    digest TEXT NOT NULL,              -- of all blobs
    PRIMARY KEY (passage, model)
);
CREATE INDEX vectors_by_text ON vectors (embedded, model);

CREATE TABLE vector_files (            -- files of FAISS beside this one, derived from the vectors
    model INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
    kind TEXT NOT NULL,                -- passages, sentences
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    count INTEGER NOT NULL,            -- vectors in it
    size INTEGER NOT NULL,             -- in bytes
    type TEXT NOT NULL,                -- exact, or the kind of approximate search
    recall REAL,                       -- recall@50 against exact search, measured when it was built
    last INTEGER NOT NULL,             -- the last passage in it; later ones are searched beside it
    PRIMARY KEY (model, kind)
) WITHOUT ROWID;

CREATE TABLE pieces (piece INTEGER NOT NULL, model INTEGER NOT NULL, passages INTEGER NOT NULL,
    PRIMARY KEY (model, piece)) WITHOUT ROWID;  -- how many passages hold a piece of the vocabulary

CREATE TABLE words (                   -- of all passages, names and abbreviations, for the speller
    word TEXT PRIMARY KEY,             -- folded
    count INTEGER NOT NULL,
    lower INTEGER NOT NULL             -- how often it stands in lower case in a passage
) WITHOUT ROWID;

CREATE TABLE abbreviations (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL,
    short TEXT NOT NULL,
    long TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE INDEX abbreviations_by_form ON abbreviations (folded);

CREATE TABLE stems (                   -- what search by words sees of a passage
    passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    stems TEXT NOT NULL
);
CREATE VIRTUAL TABLE stem_index USING fts5(
    stems, content='stems', content_rowid='passage', tokenize="unicode61 remove_diacritics 0"
);
CREATE TRIGGER stems_added AFTER INSERT ON stems BEGIN
    INSERT INTO stem_index (rowid, stems) VALUES (new.passage, new.stems);
END;
CREATE TRIGGER stems_removed AFTER DELETE ON stems BEGIN
    INSERT INTO stem_index (stem_index, rowid, stems) VALUES ('delete', old.passage, old.stems);
END;
CREATE TABLE stem_counts (stem TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID;  -- that hold it
"""
