"""A live example: people who handle an outage, and the outages that they handled before.

What they say and do is data; one player brings it in. Nothing of the product knows this
package but the command that shows it.
"""
