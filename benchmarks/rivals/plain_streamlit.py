"""The page in Streamlit as it comes: `streamlit run plain_streamlit.py`."""

import streamlit

import figures

streamlit.set_page_config(page_title="Plain", layout="wide")
streamlit.title(figures.TITLE)
for column, (label, value) in zip(streamlit.columns(4), figures.headlines().items(), strict=True):
    column.metric(label, value)
period = streamlit.selectbox("Show by", list(figures.PERIODS), format_func=figures.PERIODS.__getitem__)
for column, (measure, title) in zip(streamlit.columns(2), figures.CHARTS.items(), strict=True):
    column.subheader(title)
    column.plotly_chart(figures.chart(measure, period), key=measure)
