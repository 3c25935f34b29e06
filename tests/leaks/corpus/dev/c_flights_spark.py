# labels: NB1
# why: `scaler_model` (StandardScaler with mean and std) and the Imputer are fitted on the whole `assembled`/`flights` frame before randomSplit, and the scaled column trains and scores the logistic regression.
# hard: pyspark names: fit/transform on DataFrames, split by randomSplit; StringIndexer on everything is only category codes
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import Imputer, StandardScaler, StringIndexer, VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.appName("nycflights").getOrCreate()

flights = (
    spark.read.csv("flights.csv", header=True, inferSchema=True, nullValue="NA")
    .filter(F.col("arr_delay").isNotNull())
    .withColumn("late", (F.col("arr_delay") > 15).cast("double"))
    .withColumn("hour", (F.col("sched_dep_time") / 100).cast("int"))
    .select("month", "day", "hour", "carrier", "origin", "distance", "air_time", "dep_delay", "late")
)
flights.groupBy("origin").agg(F.avg("late").alias("share"), F.count("*").alias("n")).show()

imputer = Imputer(inputCols=["air_time", "dep_delay"], outputCols=["air_time_i", "dep_delay_i"], strategy="median")
flights = imputer.fit(flights).transform(flights)

for c in ("carrier", "origin"):
    flights = StringIndexer(inputCol=c, outputCol=c + "_ix").fit(flights).transform(flights)

assembler = VectorAssembler(
    inputCols=["month", "day", "hour", "carrier_ix", "origin_ix", "distance", "air_time_i", "dep_delay_i"],
    outputCol="raw_features",
)
assembled = assembler.transform(flights)
scaler_model = StandardScaler(inputCol="raw_features", outputCol="features", withMean=True, withStd=True).fit(assembled)
data = scaler_model.transform(assembled).select("features", "late").cache()

train, test = data.randomSplit([0.8, 0.2], seed=17)
lr = LogisticRegression(featuresCol="features", labelCol="late", regParam=0.01, maxIter=50)
model = lr.fit(train)

evaluator = BinaryClassificationEvaluator(labelCol="late", metricName="areaUnderROC")
print(f"train {evaluator.evaluate(model.transform(train)):.3f}")
print(f"test  {evaluator.evaluate(model.transform(test)):.3f}")
spark.stop()
