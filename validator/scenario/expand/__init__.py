"""What makes several or longer scenarios of one file: variables, matrix, fragments, cases."""
