"""The Graph API as the desk meets it (contract sections 2 and 3), and the people who comment there."""
