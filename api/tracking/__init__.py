"""What messages lead back to: the open pixel, signed redirects, the unsubscribe page. Public; a token is the permission."""
