# labels: none
# why: the page fits one pipeline with the user's settings on the training part and shows its score; the scaler is inside the pipeline.
# hard: sliders for depth and a select box for the model could look like a search over the test part; cached functions with decorators return the four-tuple; a whole-data scaler draws the scatter
import altair as alt
import pandas as pd
import seaborn as sns
import streamlit as st
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUM = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
CAT = ["island", "sex"]

st.set_page_config(page_title="Penguins", layout="wide")


@st.cache_data
def get_data() -> pd.DataFrame:
    return sns.load_dataset("penguins")


@st.cache_data
def get_split(seed: int):
    df = get_data()
    X_train, X_test, y_train, y_test = train_test_split(
        df[NUM + CAT], df["species"], test_size=0.3, stratify=df["species"], random_state=seed)
    return X_train, X_test, y_train, y_test


@st.cache_resource
def fit_model(depth: int, trees: int, seed: int):
    X_train, _, y_train, _ = get_split(seed)
    prep = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), NUM),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), CAT),
    )
    return make_pipeline(prep, RandomForestClassifier(trees, max_depth=depth, random_state=seed)).fit(X_train, y_train)


df = get_data()
with st.sidebar:
    depth = st.slider("depth", 1, 10, 4)
    trees = st.select_slider("trees", [50, 100, 200, 400], 200)
    seed = st.number_input("seed", value=0)

left, right = st.columns(2)
with left:
    complete = df.dropna()
    xy = PCA(2).fit_transform(StandardScaler().fit_transform(complete[NUM]))
    plot = complete.assign(pc1=xy[:, 0], pc2=xy[:, 1])
    st.altair_chart(alt.Chart(plot).mark_circle().encode(x="pc1", y="pc2", color="species"), use_container_width=True)
with right:
    _, X_test, _, y_test = get_split(seed)
    model = fit_model(depth, trees, seed)
    pred = model.predict(X_test)
    st.metric("accuracy", f"{accuracy_score(y_test, pred):.3f}")
    st.table(pd.DataFrame(confusion_matrix(y_test, pred), model.classes_, model.classes_))
