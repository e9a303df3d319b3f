"""Which documents hold a member's words, and which turns of others quote from them, in SQL.

``?1`` is the guild and ``?2`` the member. What others said stays theirs, but the draft of facts
that Marv kept beside an answer is a copy of the document, and its title may be the member's words.
"""

from __future__ import annotations

OWN_DOCUMENTS = (
    "SELECT id FROM documents WHERE guild_id = ?1 AND origin IN ("
    "SELECT 'message:' || message_id || '/' FROM kept_messages"
    " WHERE guild_id = ?1 AND author_id = ?2"
    " UNION SELECT origin FROM entry_words WHERE guild_id = ?1 AND author_id = ?2)"
)
SHARED_DOCUMENTS = (  # stretches of channels, in which others speak too
    "SELECT d.id FROM channel_messages m JOIN channel_stretches s USING"
    " (guild_id, place_id, stretch_id) JOIN documents d"
    " ON d.guild_id = s.guild_id AND d.origin = s.origin"
    " WHERE m.guild_id = ?1 AND m.author_id = ?2"
)
CITED = "json_extract(j.value, '$.document_id')"
QUOTING_TURNS = (
    "SELECT t.id FROM turns t, json_each(t.sources) j WHERE t.guild_id = ?1"  # noqa: S608
    f" AND t.sources IS NOT NULL AND {CITED} IN ({OWN_DOCUMENTS} UNION {SHARED_DOCUMENTS})"
)
DROP_DRAFTS = f"UPDATE turns SET facts = NULL WHERE id IN ({QUOTING_TURNS})"  # noqa: S608
DROP_CITATIONS = (
    "UPDATE turns SET sources = (SELECT json_group_array(json(j.value))"  # noqa: S608
    f" FROM json_each(turns.sources) j WHERE {CITED} NOT IN ({OWN_DOCUMENTS}))"
    " WHERE guild_id = ?1 AND sources IS NOT NULL AND EXISTS ("
    f"SELECT 1 FROM json_each(turns.sources) j WHERE {CITED} IN ({OWN_DOCUMENTS}))"
)
