"""The types of `import onrecord`. The wheel has this file as `onrecord-stubs/__init__.pyi`.

Type checkers read the types of an installed single module only from such a package (PEP 561).
"""

from flows import __version__ as __version__
from flows.api import connect as connect
from flows.api import extract as extract
from flows.api import extract_many as extract_many
from flows.api import load as load
from flows.api import search as search
from flows.errors import ArgumentError as ArgumentError
from flows.errors import RefusedError as RefusedError
from flows.inputs.python_documents import ArticleInput as ArticleInput
from flows.jobs.article_record import ArticleRecord as ArticleRecord
from flows.jobs.article_record import DateRecord as DateRecord
from flows.jobs.article_record import ErrorRecord as ErrorRecord
from flows.jobs.article_record import EvidenceRecord as EvidenceRecord
from flows.jobs.article_record import KeyphraseRecord as KeyphraseRecord
from flows.jobs.article_record import MentionRecord as MentionRecord
from flows.jobs.article_record import NoCommentRecord as NoCommentRecord
from flows.jobs.article_record import RefusedRecord as RefusedRecord
from flows.jobs.article_record import StatementRecord as StatementRecord
from flows.jobs.article_record import TopicRecord as TopicRecord
from flows.runs.report import RunReport as RunReport
from transforms.errors import OnrecordError as OnrecordError
from warehouse.search import Answer as Answer
from warehouse.search_hits import Hit as Hit
