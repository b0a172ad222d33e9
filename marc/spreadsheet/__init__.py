"""Lists of books kept in Excel, LibreOffice or CSV: their rows as MARC 21 records, and back to be corrected."""
