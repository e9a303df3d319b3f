"""The manner in which tests have Marv speak when it does not matter."""

from bot.opening import open_personas
from bot.services.manners import Manner

PERSONAS = open_personas()
MANNER = Manner(persona=PERSONAS.default)
